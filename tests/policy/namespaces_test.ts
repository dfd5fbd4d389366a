/** System namespaces: which names the patterns mean, which they nearly mean, and how a cluster changes them. */

import assert from "node:assert/strict";
import fc from "fast-check";
import {
  changePatterns,
  isSystemNamespace,
  PatternError,
  SYSTEM_NAMESPACES,
} from "../../lib/policy/namespaces.ts";

const SYSTEM = [
  "kube-system",
  "kube-public",
  "kube-node-lease",
  "kube-",
  "flux-system",
  "istio-system",
  "a-system",
  "-system",
  "cert-manager",
  "monitoring",
  "observability",
  "argocd",
];

const TEAMS = [
  "",
  "default",
  "production",
  "kube",
  "kubernetes",
  "my-kube-system-x",
  "systematic",
  "system",
  "my-system-x",
  "my-systems",
  "cert-manager-2",
  "my-cert-manager",
  "monitoring-team",
  "observability2",
  "argocd-apps",
  "Kube-System",
];

Deno.test("the patterns known from the start are those of the design", () => {
  assert.deepEqual(SYSTEM_NAMESPACES, [
    "kube-*",
    "*-system",
    "cert-manager",
    "istio-system",
    "monitoring",
    "observability",
    "argocd",
  ]);
});

for (const namespace of SYSTEM) {
  Deno.test(`"${namespace}" is a system namespace`, () => assert.equal(isSystemNamespace(namespace), true));
}

for (const namespace of TEAMS) {
  Deno.test(`"${namespace}" belongs to a team`, () => assert.equal(isSystemNamespace(namespace), false));
}

for (
  const [pattern, yes, no] of [
    ["*", ["", "a", "kube-system"], []],
    ["a", ["a"], ["", "aa", "b"]],
    ["a*", ["a", "ab"], ["", "ba"]],
    ["*a", ["a", "ba"], ["", "ab"]],
    ["a*a", ["aa", "aba"], ["a", "ab", "ba"]],
    ["ab*ba", ["abba", "abxba"], ["aba", "ab", "ba"]],
    ["a*b*c", ["abc", "axbxc", "abbc"], ["ac", "acb", "bac"]],
    ["a*bc*c", ["abcc", "abcbcc"], ["abc", "abbc"]],
    ["*a*", ["a", "bab"], ["", "b"]],
    ["*ab*ab*", ["abab", "xabxabx"], ["ab", "aba"]],
    ["a**b", ["ab", "axb"], ["a", "b"]],
    ["a.c", ["a.c"], ["abc"]],
  ] as const
) {
  Deno.test(`the pattern "${pattern}" matches ${yes.join(", ")} and not ${no.join(", ") || "nothing"}`, () => {
    for (const text of yes) assert.equal(isSystemNamespace(text, [pattern]), true, text);
    for (const text of no) assert.equal(isSystemNamespace(text, [pattern]), false, text);
  });
}

Deno.test("isSystemNamespace() agrees with a regular expression for every pattern", () => {
  const text = fc.string({ unit: fc.constantFrom("a", "b", "-"), maxLength: 8 });
  const pattern = fc.string({ unit: fc.constantFrom("a", "b", "-", "*", "*"), maxLength: 6 });
  fc.assert(
    fc.property(text, pattern, (text, pattern) => {
      const expected = new RegExp(`^${pattern.replaceAll("*", ".*")}$`).test(text);
      assert.equal(isSystemNamespace(text, [pattern]), expected);
    }),
    { numRuns: 2000 },
  );
});

Deno.test("isSystemNamespace() asks every pattern and, given none, finds no system namespace", () => {
  assert.equal(isSystemNamespace("b", ["a", "b", "c"]), true);
  assert.equal(isSystemNamespace("kube-system", []), false);
});

for (
  const [why, changes, expected] of [
    ["nothing is asked for", [], SYSTEM_NAMESPACES],
    ["one is added at the end", ["ci"], [...SYSTEM_NAMESPACES, "ci"]],
    ["one known already is added", ["argocd"], SYSTEM_NAMESPACES],
    ["one is removed", ["-argocd"], SYSTEM_NAMESPACES.filter((pattern) => pattern !== "argocd")],
    ["one that starts with * is removed", ["-*-system"], SYSTEM_NAMESPACES.filter((p) => p !== "*-system")],
    ["one is added and removed again", ["ci", "-ci"], SYSTEM_NAMESPACES],
    ["one is removed and added again", ["-kube-*", "kube-*"], [...SYSTEM_NAMESPACES.slice(1), "kube-*"]],
    ["all are removed", SYSTEM_NAMESPACES.map((pattern) => `-${pattern}`), []],
  ] as const
) {
  Deno.test(`changePatterns() answers the patterns when ${why}`, () => {
    const before = [...SYSTEM_NAMESPACES];
    assert.deepEqual(changePatterns(changes), expected);
    assert.deepEqual(SYSTEM_NAMESPACES, before, "and leaves those known from the start alone");
  });
}

Deno.test("changePatterns() changes the patterns it is given", () => {
  assert.deepEqual(changePatterns(["b", "-a"], ["a"]), ["b"]);
  assert.throws(() => changePatterns(["-argocd"], ["a"]), PatternError);
});

for (
  const change of [
    "",
    "-",
    "--a",
    "A",
    "a.b",
    "a b",
    "a/b",
    "a_b",
    "a-",
    "^a",
    ".*",
    "a\n",
    "kube-*-",
    "é",
    "a".repeat(66),
  ]
) {
  Deno.test(`changePatterns() refuses ${JSON.stringify(change)}, which no namespace can match`, () => {
    assert.throws(() => changePatterns([change]), {
      name: "PatternError",
      message: `Cannot use "${
        change.replace(/^-/, "").replace("\n", "\\u{a}")
      }" as a system namespace: write a namespace name, with * for any text.`,
    });
  });
}

Deno.test("changePatterns() says what there is when asked to remove what there is not", () => {
  assert.throws(() => changePatterns(["-ci"], ["a", "b-*"]), {
    name: "PatternError",
    message: 'Cannot remove "ci" from the system namespaces, it is not among a, b-*.',
  });
});

Deno.test("a namespace added as a pattern is a system namespace, and after its removal no more", () => {
  fc.assert(fc.property(fc.stringMatching(/^[a-z0-9]([a-z0-9-]{0,20}[a-z0-9])?$/), (namespace) => {
    const added = changePatterns([namespace], []);
    assert.equal(isSystemNamespace(namespace, added), true);
    assert.equal(isSystemNamespace(`${namespace}x`, added), false);
    assert.deepEqual(changePatterns([`-${namespace}`], added), []);
  }));
});
