/** The machines that a binary is made for, and which of them are asked for. */

import { parseArgs } from "node:util";
import { BuildError } from "./run_deno.ts";

/** One kind of machine. */
export interface Target {
  /** Operating system and architecture, as containers and Kubernetes call them. */
  readonly name: string;
  /** The same in the words of the runtime. */
  readonly triple: string;
}

/** All that a release is made for. */
export const TARGETS: readonly Target[] = [
  { name: "linux-amd64", triple: "x86_64-unknown-linux-gnu" },
  { name: "linux-arm64", triple: "aarch64-unknown-linux-gnu" },
  { name: "darwin-amd64", triple: "x86_64-apple-darwin" },
  { name: "darwin-arm64", triple: "aarch64-apple-darwin" },
  { name: "windows-amd64", triple: "x86_64-pc-windows-msvc" },
];

/** A binary to make. */
export interface Binary {
  readonly triple: string;
  /** The name of the file: that of one for another machine says for which. */
  readonly file: string;
}

/**
 * The binaries that `args` ask for: of this machine, unless they name others; none for the `bundle` alone.
 *
 * @throws {BuildError} when they ask for something else
 */
export function binariesFor(args: readonly string[]): readonly Binary[] {
  const { all, target: names = [], positionals } = parse(args);
  const unknown = names.find((name) => !TARGETS.some((target) => target.name === name));
  const isOne = Number(all) + Number(names.length > 0) + positionals.length <= 1;
  if (!isOne || unknown !== undefined || positionals.some((word) => word !== "bundle")) {
    throw usage(unknown === undefined ? `Cannot make "${args.join(" ")}"` : `Unknown target "${unknown}"`);
  }
  if (positionals.length > 0) return [];
  if (!all && names.length === 0) return [binary("kube-devops", Deno.build.target)];
  return TARGETS.filter(({ name }) => all || names.includes(name))
    .map(({ name, triple }) => binary(`kube-devops-${name}`, triple));
}

function parse(args: readonly string[]) {
  try {
    const { values, positionals } = parseArgs({
      args: [...args],
      allowPositionals: true,
      options: { all: { type: "boolean", default: false }, target: { type: "string", multiple: true } },
    });
    return { ...values, positionals };
  } catch (error) {
    throw usage((error as Error).message.split(". ", 1)[0]!);
  }
}

function usage(problem: string): BuildError {
  const names = TARGETS.map(({ name }) => name).join(", ");
  return new BuildError(`${problem}: write nothing, --all, or --target with one of ${names}.`, {
    exitCode: 2,
  });
}

function binary(name: string, triple: string): Binary {
  return { triple, file: triple.includes("windows") ? `${name}.exe` : name };
}
