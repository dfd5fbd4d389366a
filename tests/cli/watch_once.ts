// Prints what a command's watch is answered: its argument is a kubeconfig; see connect_test.ts.

import { withClusterAccess } from "../../lib/cli/connect.ts";
import { toGet } from "../support/wire.ts";

if (import.meta.main) {
  await withClusterAccess({ kubeconfig: Deno.args[0]! }, "watch", async ({ transport }) => {
    const connection = transport.connect();
    const response = await connection.fetch(new AbortController().signal)(toGet(transport.server));
    console.log(await response.text());
    connection.close();
  });
}
