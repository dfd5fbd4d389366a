/** How rows ask for tables and read them. */

import assert from "node:assert/strict";
import { type KubeObject, present } from "./object.ts";

export const TABLE = { headers: { accept: "application/json;as=Table;v=v1;g=meta.k8s.io,application/json" } };

export interface Column {
  readonly name: string;
  readonly type: string;
  readonly format: string;
  readonly priority: number;
}

export interface TableRow {
  readonly cells: readonly unknown[];
  readonly object: KubeObject | null;
}

/** The columns of a table, `name:type` and the priority if it is not 0. */
export function columns(table: KubeObject): string[] {
  assert.deepEqual([table["kind"], table["apiVersion"]], ["Table", "meta.k8s.io/v1"]);
  return (table["columnDefinitions"] as Column[]).map(({ name, type, priority }) =>
    `${name}:${type}${priority === 0 ? "" : ` ${priority}`}`
  );
}

export function rows(table: KubeObject): readonly TableRow[] {
  return table["rows"] as TableRow[];
}

export function cells(table: KubeObject): readonly unknown[] {
  assert.equal(rows(table).length, 1);
  return present(rows(table)[0]).cells;
}

/** An age of under a minute, as people read it. */
export const YOUNG = /^\d+s$/;
