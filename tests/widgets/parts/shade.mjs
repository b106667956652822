// reads what a LightCanvas tells the browser, and writes the pixels that it draws
import { readFileSync, writeFileSync } from "node:fs";

const [source, told, data, out] = process.argv.slice(2);
const { lampsAt, paint, unpack } = await import(source);
const { scene, presets, cases } = JSON.parse(readFileSync(told, "utf-8"));
const art = await unpack(scene, readFileSync(data));
const pixels = cases.map(([look, tick, seconds, view, version]) =>
  paint(art, tick, lampsAt(look, presets, seconds), look, view, version),
);
writeFileSync(out, Buffer.concat(pixels.map((one) => Buffer.from(one))));
