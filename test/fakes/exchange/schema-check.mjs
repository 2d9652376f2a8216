/*
 * Checks requests against the schema of Exchange: a JSON array of texts on standard input, a JSON array of what is wrong on
 * standard output. A process of its own, because the validator is an ES module that jest cannot load.
 * Usage: node schema-check.mjs FOLDER-OF-THE-SCHEMA (or of its `xsd`)
 */
import { existsSync, readFileSync } from 'node:fs';
import path from 'node:path';
import { XmlDocument, XsdValidator } from 'libxml2-wasm';
import { xmlRegisterFsInputProviders } from 'libxml2-wasm/lib/nodejs.mjs';

const file = ['', 'xsd']
  .map((folder) => path.join(process.argv[2], folder, 'ews-exchange-2019.xsd'))
  .find((each) => existsSync(each));
if (!file) throw new Error('There is no ews-exchange-2019.xsd in the folder of EWS_SCHEMA_DIR');
xmlRegisterFsInputProviders();
const schema = XmlDocument.fromBuffer(readFileSync(file), { url: file });
const validator = XsdValidator.fromDoc(schema);
const wrong = [];
for (const text of JSON.parse(readFileSync(0, 'utf8'))) {
  try {
    const document = XmlDocument.fromString(text);
    validator.validate(document);
    document.dispose();
  } catch (error) {
    wrong.push(`${error.message.trim()}\n${text}`);
  }
}
process.stdout.write(JSON.stringify(wrong));
