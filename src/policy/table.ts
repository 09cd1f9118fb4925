import type { OperationTypes } from "../operation/operation.ts";
import { ruleFor } from "./file-rules.ts";
import { type Limit, type PolicyFile, WINDOWS } from "./policy-file.ts";

/** The whole policy for an operator's eyes: each client with each of its types, what it demands, and the rule that says so. */
export function policyLines(about: {
  file: PolicyFile;
  types: OperationTypes;
  clients: readonly { client_id: string; authorization_details_types: readonly string[] }[];
}): string[] {
  const { file, types, clients } = about;
  const rows = clients.flatMap(({ client_id: client, authorization_details_types: allowed }) =>
    allowed.map((type) => {
      const own = types.demandOf({ type });
      const rule = ruleFor(file.rules, client, type);
      return {
        cells: [client, type, rule?.demands ?? own.demands, rule?.acr ?? own.acr, rule?.name ?? "the type's own"],
        limits: (rule?.limits ?? []).map(limitLine),
      };
    }),
  );
  if (rows.length === 0) return ["No client asks for operations (authorization_details_types in the clients file)."];
  const head = ["client", "type", "demands", "acr at least", "rule"];
  const widths = head.map((word, column) =>
    Math.max(word.length, ...rows.map(({ cells }) => cells[column]?.length ?? 0)),
  );
  const line = (cells: readonly string[]) =>
    cells
      .map((cell, column) => cell.padEnd(widths[column] ?? 0))
      .join("  ")
      .trimEnd();
  return [line(head), ...rows.flatMap(({ cells, limits }) => [line(cells), ...limits])];
}

function limitLine(limit: Limit): string {
  const parts = (["each", ...WINDOWS] as const).flatMap((window) => {
    const most = limit[window];
    return most === undefined ? [] : [`${most} ${window === "each" ? "for one" : `a ${window}`}`];
  });
  const above = limit.above === "refuse" ? "refused" : "the scanned statement alone";
  return `    ${limit.currency}: ${parts.join(", ")}; above it ${above}`;
}
