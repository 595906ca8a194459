// Compares all *.py of a folder with Dolos and prints its number of pairs.
//   npm install @dodona/dolos-lib && node dolos.mjs FOLDER NODE_MODULES
import { readdirSync } from "node:fs";
import { join, resolve } from "node:path";
import { pathToFileURL } from "node:url";

const [folder, modules] = process.argv.slice(2);
const entry = modules
  ? pathToFileURL(join(resolve(modules), "@dodona", "dolos-lib", "dist", "index.js")).href
  : "@dodona/dolos-lib";
const { Dolos } = await import(entry);
const files = readdirSync(folder).filter((name) => name.endsWith(".py")).map((name) => join(folder, name));
const report = await new Dolos({ language: "python" }).analyzePaths(files);
console.log(report.allPairs().length);
