/** Makes TypeScript types from the trimmed OpenAPI document. */

import openapiTypescript, { astToString } from "openapi-typescript";
import { factory, type TypeNode } from "typescript";
import type { OpenApi } from "./openapi.ts";

const HEADER =
  `/** Types of the API calls that the operator makes; written by \`deno task generate\`, never by hand. */
// deno-lint-ignore-file

import type { DeepPartial, JsonPatchOperation } from "../../api/ports.ts";
`;

/**
 * The source of a module that exports `paths` and `components`.
 *
 * The document knows a patch only as some object, which would come out as `Record<string, never>`: a JSON patch becomes
 * its operations, a merge patch any part of the object that it patches.
 */
export async function apiTypes(document: OpenApi): Promise<string> {
  const ast = await openapiTypescript(JSON.stringify(document), {
    alphabetize: true,
    // A default is filled in by the server: it makes a field neither required nor certain.
    defaultNonNullable: false,
    postTransform(_type, { path }) {
      if (path?.includes("requestBody/content/application~1json-patch+json")) {
        return arrayOf("JsonPatchOperation");
      }
      if (path?.includes("requestBody/content/application~1merge-patch+json")) {
        return anyPartOf(patched(document, path));
      }
      return undefined;
    },
  });
  return HEADER + astToString(ast);
}

function arrayOf(name: string): TypeNode {
  return factory.createTypeReferenceNode("ReadonlyArray", [factory.createTypeReferenceNode(name)]);
}

function anyPartOf(schema: string): TypeNode {
  const schemas = factory.createIndexedAccessTypeNode(
    factory.createTypeReferenceNode("components"),
    factory.createLiteralTypeNode(factory.createStringLiteral("schemas")),
  );
  const object = factory.createIndexedAccessTypeNode(
    schemas,
    factory.createLiteralTypeNode(factory.createStringLiteral(schema)),
  );
  return factory.createTypeReferenceNode("DeepPartial", [object]);
}

/** The schema of the object that the call at `path` answers with. */
function patched(document: OpenApi, path: string): string {
  const call = Object.entries(document.paths).find(([name]) =>
    path.includes(`/${name.replaceAll("/", "~1")}/`)
  );
  const reference = /"\$ref":"#\/components\/schemas\/([^"]+)"/.exec(
    JSON.stringify(call?.[1].patch ?? {}, responsesFirst),
  );
  if (reference?.[1] === undefined) throw new Error(`Cannot tell what the patch at ${path} answers.`);
  return reference[1];
}

function responsesFirst(key: string, value: unknown): unknown {
  return key === "requestBody" || key === "parameters" ? undefined : value;
}
