/** Renews the trimmed OpenAPI document from the API server of the current kubeconfig, with our CRD installed. */

import { DOCUMENTS, type OpenApi, trimOpenApi } from "./openapi.ts";

/** Reads the documents through `kubectl`, which knows every kind of credential. */
export function openApiFromServer(): Promise<OpenApi> {
  return openApiFrom(async (path) => {
    const { success, stdout } = await new Deno.Command("kubectl", {
      args: ["get", "--raw", path],
      stdout: "piped",
      stderr: "inherit",
    }).output();
    if (!success) {
      throw new Error(`kubectl could not read ${path}; is the cluster of the current kubeconfig running?`);
    }
    return JSON.parse(new TextDecoder().decode(stdout));
  });
}

/** The same by any means of reading a path of an API server. */
export async function openApiFrom(read: (path: string) => Promise<OpenApi>): Promise<OpenApi> {
  return trimOpenApi(await Promise.all(DOCUMENTS.map((document) => read(`/openapi/v3/${document}`))));
}
