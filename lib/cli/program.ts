/** The commands and their flags; what a command needs is loaded when it runs. */

import { Command, Option } from "commander";
import { LEASE_NAME } from "../api/devops_policy.ts";
import { escapeText } from "../api/text.ts";
import { CHECK_HELP, EXAMPLES, RECONCILE_EXAMPLES, UNINSTALL_HELP } from "./help.ts";
import {
  addressOption,
  collect,
  countOption,
  durationOption,
  leaseOption,
  listOption,
  namespaceOption,
  notEmpty,
  portOption,
} from "./options.ts";
import { print, tell } from "./output.ts";
import { versionLine } from "./version.ts";

/** Longer lines are cut: they quote an argument. */
const MAX_LINE_LENGTH = 1_024;

/** The whole command line. */
export function createProgram(): Command {
  const program = new Command("kube-devops")
    .description("Keeps a truthful governance score on every Kubernetes namespace that has a DevOpsPolicy.")
    .addHelpText("after", EXAMPLES)
    .showHelpAfterError("(see --help)")
    .configureHelp({ showGlobalOptions: true })
    .configureOutput({
      writeOut: (text) => print(text.trimEnd()),
      writeErr: (text) => tell(plain(text.trimEnd())),
    })
    .version(versionLine(), "--version", "print the version")
    .exitOverride();

  const crd = program.command("crd")
    .description("generate, install or uninstall the CustomResourceDefinition")
    .addHelpText(
      "after",
      "\nExamples:\n  kube-devops crd generate\n  kube-devops crd install\n  kube-devops crd uninstall",
    );
  crd.command("generate")
    .description("print the CustomResourceDefinition as YAML")
    .addHelpText("after", "\nExample:\n  kube-devops crd generate | kubectl apply -f -")
    .action(async () => (await import("./crd_generate.ts")).crdGenerate());
  withCluster(crd.command("install"))
    .description("create the CustomResourceDefinition in the cluster and wait until it is served")
    .option("--upgrade", "update it if it is installed and differs")
    .addHelpText("after", "\nExample:\n  kube-devops crd install --context kind-dev")
    .action(async (options) => (await import("./crd_install.ts")).crdInstall(options));

  withCluster(crd.command("uninstall"))
    .description("delete the CustomResourceDefinition and all policies, so that nothing hangs")
    .option("--yes", "do it without being asked")
    .addHelpText("after", UNINSTALL_HELP)
    .action(async (options) => (await import("./crd_uninstall.ts")).crdUninstall(options));

  withCluster(program.command("check"))
    .description("say whether reconcile would find all that it needs, and what to do where it would not")
    .addOption(namespacesOption("ask for this namespace (repeatable)"))
    .addOption(
      new Option("-o, --output <format>", "a table, or JSON for programs").choices(["table", "json"])
        .default("table"),
    )
    .option("--leader-elect", "ask as well for what several replicas need, of whom one works")
    .addOption(leaseNameOption())
    .addOption(leaseNamespaceOption())
    .addHelpText("after", CHECK_HELP)
    .action(async (options) => (await import("./check.ts")).check(options));

  withCluster(program.command("reconcile"))
    .description("run the operator until it is stopped with Ctrl+C or SIGTERM")
    .addOption(namespacesOption("watch only this namespace (repeatable)"))
    .addOption(
      new Option("--requeue-interval <duration>", "evaluate each policy at least this often")
        .argParser(durationOption).default(30_000, "30s"),
    )
    .addOption(
      new Option("--metrics-addr <host:port>", "serve /healthz, /readyz and /metrics here; 0 turns it off")
        .argParser(addressOption).default({ hostname: "127.0.0.1", port: 9090 }, "127.0.0.1:9090"),
    )
    .addOption(
      new Option(
        "--system-namespaces <patterns>",
        "add patterns or, with a leading -, remove them (comma-separated)",
      )
        .argParser(listOption).default([], "the built-in ones"),
    )
    .addOption(
      new Option("--log-format <format>", "default: text on a terminal, else json").choices(["text", "json"]),
    )
    .addOption(
      new Option("--log-level <level>", "the least important level to log")
        .choices(["debug", "info", "warn", "error"]).default("info"),
    )
    .option("--leader-elect", "of several replicas, let one work and the others stand by")
    .addOption(leaseNameOption())
    .addOption(leaseNamespaceOption())
    .addHelpText("after", RECONCILE_EXAMPLES)
    .action(async (options) => (await import("./reconcile.ts")).reconcile(options));

  program.command("demo")
    .description("show the operator at work on an in-memory API server of its own; no cluster needed")
    .option("--once", "play the story once, without a terminal, and exit 0 only if all of it came true")
    .addOption(
      new Option("--port <port>", "the port of the API server; 0 for a free one").argParser(portOption)
        .default(0, "free"),
    )
    .addOption(new Option("--pods <count>", "start with this many pods").argParser(countOption).default(0))
    .addOption(
      new Option("--policies <count>", "start with this many policies").argParser(countOption).default(0),
    )
    .addHelpText(
      "after",
      "\nExamples:\n  kube-devops demo\n  kube-devops demo --once\n  kube-devops demo --pods 20000 --policies 200",
    )
    .action(async (options) => (await import("./demo.ts")).demo(options));

  program.command("version")
    .description("print the version")
    .addHelpText("after", "\nExample:\n  kube-devops version")
    .action(() => void print(versionLine()));
  return program;
}

/** What Commander says, lines and all: it quotes arguments, which may hold what a terminal would obey. */
function plain(text: string): string {
  return text.split("\n").map((line) => escapeText(line, MAX_LINE_LENGTH)).join("\n");
}

function namespacesOption(description: string): Option {
  return new Option("-n, --namespace <name>", description).argParser(collect(namespaceOption))
    .default([], "all");
}

function leaseNameOption(): Option {
  return new Option("--lease-name <name>", "the lease by which replicas know who leads").argParser(
    leaseOption,
  )
    .default(LEASE_NAME).implies({ leaderElect: true });
}

function leaseNamespaceOption(): Option {
  return new Option("--lease-namespace <name>", "the namespace of the lease; needed outside of a pod")
    .argParser(namespaceOption).implies({ leaderElect: true });
}

/** The flags of every command that talks to a cluster. */
function withCluster(command: Command): Command {
  return command
    .option(
      "--kubeconfig <file>",
      "the kubeconfig to use instead of KUBECONFIG or ~/.kube/config",
      notEmpty("the path of a kubeconfig"),
    )
    .option(
      "--context <name>",
      "the context to use instead of the current one",
      notEmpty("the name of a context"),
    );
}
