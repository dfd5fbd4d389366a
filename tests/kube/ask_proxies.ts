// Asks the runtime which requests go through a proxy under which variables: the rows of its argument; see proxies_test.ts.

import { LoopbackProxy } from "../support/loopback_proxy.ts";

/** A request, and what it is made under; `$PROXY` stands for the address of a proxy. */
export interface Row {
  readonly url: string;
  readonly environment: Readonly<Record<string, string>>;
  /** The proxy that the client itself names. */
  readonly own?: string;
}

async function goesThrough({ url, environment, own }: Row): Promise<boolean> {
  await using proxy = await LoopbackProxy.start((client) =>
    client.end("HTTP/1.1 502 Bad Gateway\r\ncontent-length: 0\r\nconnection: close\r\n\r\n")
  );
  const filled = (text: string) => text.replace("$PROXY", `http://127.0.0.1:${proxy.port}`);
  for (const [name, value] of Object.entries(environment)) Deno.env.set(name, filled(value));
  const client = Deno.createHttpClient(own === undefined ? {} : { proxy: { url: filled(own) } });
  await fetch(url, { client }).then((response) => response.body?.cancel(), () => {});
  client.close();
  for (const name of Object.keys(environment)) Deno.env.delete(name);
  return proxy.wasAskedFor(url);
}

if (import.meta.main) {
  const answers: boolean[] = [];
  for (const row of JSON.parse(Deno.args[0] ?? "[]") as readonly Row[]) answers.push(await goesThrough(row));
  console.log(JSON.stringify(answers));
}
