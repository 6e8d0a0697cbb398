// The words of the pages, from the file that the server has them from.
import { readFileSync } from 'node:fs';

const file = new URL('../../../http/pages/texts.toml', import.meta.url);
const line = /^(\w+) = \{ en = (".*"), zh = (".*") \}$/gm;
const texts = new Map();
for (const [, key, en, zh] of readFileSync(file, 'utf8').matchAll(line))
  texts.set(key, { en: JSON.parse(en), 'zh-CN': JSON.parse(zh) });

export function textOf(lang, key, ...values) {
  const text = texts.get(key)?.[lang];
  if (text === undefined) throw Error(`no text ${key}`);
  let number;
  return text.replace(/{}|{([^{}|]+)\|([^{}|]+)}/g, (braced, one, many) => {
    if (braced !== '{}') return number === '1' ? one : many;
    return values.length ? number = String(values.shift()) : braced;
  });
}
