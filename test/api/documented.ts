import { type Response } from 'supertest';
import { z } from 'zod';

interface Documented {
  paths: Record<
    string,
    Record<string, { responses: Record<string, { content: Record<string, { schema: object }> }> }>
  >;
  components: object;
}

/** Holds answers against the document the API gives of itself. */
export class Contract {
  constructor(private readonly document: Documented) {}

  /** @throws what is not as it is documented: a status, a type, a field that is missing, wrong, or not told of */
  hold(method: string, path: string, answer: Response): void {
    const operation = this.document.paths[path]?.[method];
    const documented = operation?.responses[String(answer.status)];
    if (!documented) throw new Error(`${method} ${path} ${answer.status} is not documented`);
    const type = (answer.headers['content-type'] as string).split(';')[0];
    const content = documented.content[type];
    if (!content) throw new Error(`${method} ${path} ${answer.status} ${type} is not documented`);
    if (type === 'text/plain') return;
    const { components } = this.document;
    const schema = z.fromJSONSchema({ ...inPlace(content.schema), $defs: inPlace(components) } as never);
    schema.parse(JSON.parse(answer.text));
  }
}

/** References within the document as JSON Schema has them, to what stands beside the schema. */
function inPlace(value: object): object {
  return JSON.parse(JSON.stringify(value).replaceAll('#/components/schemas/', '#/$defs/schemas/')) as object;
}
