/** The project's own lint rules: what the design demands and no general linter knows. */

import { relative } from "node:path/posix";
import { fileURLToPath } from "node:url";
import { forbiddenImport, roomOf } from "./arrows.ts";

const ROOT = fileURLToPath(new URL("../..", import.meta.url));

const plugin: Deno.lint.Plugin = {
  name: "house",
  rules: {
    /** Static, type, dynamic and re-export imports follow the arrows of the house. */
    "import-arrows": {
      create(context) {
        const path = relative(ROOT, context.filename);
        const check = (node: Deno.lint.Node, source: Deno.lint.Node | null) => {
          if (source === null) return;
          if (source.type !== "Literal" || typeof source.value !== "string") {
            if (roomOf(path) !== undefined) {
              context.report({
                node,
                message: "An import must name its module in plain text, or no rule can follow it.",
              });
            }
            return;
          }
          const message = forbiddenImport(path, source.value);
          if (message !== undefined) context.report({ node, message });
        };
        return {
          ImportDeclaration: (node) => check(node, node.source),
          ExportNamedDeclaration: (node) => check(node, node.source),
          ExportAllDeclaration: (node) => check(node, node.source),
          ImportExpression: (node) => check(node, node.source),
          TSImportType: (node) =>
            check(node, node.argument.type === "TSLiteralType" ? node.argument.literal : node.argument),
          TSExternalModuleReference: (node) => check(node, node.expression),
        };
      },
    },
    /** A file opens with one sentence that says what it is for. */
    "opening-sentence": {
      create(context) {
        return {
          Program(node) {
            const text = context.sourceCode.text;
            if (
              text.startsWith("/**") || text.startsWith("#!") ||
              roomOf(relative(ROOT, context.filename)) === undefined
            ) {
              return;
            }
            context.report({ node, message: "A file opens with one sentence that says what it is for." });
          },
        };
      },
    },
    /** An abort through `AbortSignal.any` is lost in a garbage collection; `linkedAbort` is not. */
    "no-weak-abort": {
      create(context) {
        if (roomOf(relative(ROOT, context.filename)) === undefined) return {};
        return {
          'MemberExpression[object.name="AbortSignal"][property.name="any"]'(
            node: Deno.lint.MemberExpression,
          ) {
            context.report({ node, message: "Use linkedAbort: AbortSignal.any holds its sources weakly." });
          },
        };
      },
    },
    /** What the operator has to say goes through the logger, so that stdout holds results and nothing else. */
    "no-console": {
      create(context) {
        const room = roomOf(relative(ROOT, context.filename));
        if (room === undefined || room === "cli") return {};
        return {
          'Identifier[name="console"]'(node: Deno.lint.Identifier) {
            context.report({ node, message: `${room} speaks through the logger, not the console.` });
          },
        };
      },
    },
  },
};

export default plugin;
