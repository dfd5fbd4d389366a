/** Entropy for TLS, gathered while there is something else to do. */

/**
 * Has the runtime gather its entropy on another thread; disposing of it waits until that is done. Otherwise it does so within
 * the first TLS handshake, on the thread that everything runs on, and nothing else happens for 30 ms.
 */
export function gatherEntropy(): AsyncDisposable {
  // Any key will do: the runtime has one source for all that is random.
  const key = crypto.subtle.generateKey({ name: "ECDSA", namedCurve: "P-256" }, false, ["sign"]);
  return {
    async [Symbol.asyncDispose]() {
      await key;
    },
  };
}
