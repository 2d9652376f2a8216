import { readJson, UnreadableJson } from './read-json.js';

const reasonOf = (text: string) => {
  try {
    readJson(text);
    return null;
  } catch (error) {
    return (error as UnreadableJson).reason;
  }
};

describe('JSON', () => {
  it('is read as it is written', () => {
    const value = { calls: [{ a: 'x"}{', b: [1, null, true], 'c\\': { a: 2 } }], a: '\\' };
    expect(readJson(JSON.stringify(value, null, 1))).toEqual(value);
  });

  it.each([
    ['{"a":1,"a":2}', 'a'],
    ['{"b":{"a":1,"\\u0061" : 2}}', 'a'],
    ['[{"a":"{","a":"}"}]', 'a'],
    ['{"__proto__":1,"__proto__":2}', '__proto__'],
    ['{"\\"":1,"b":[],"\\"":2}', '"'],
  ])('with the same name twice is refused: %s', (text, name) => {
    expect(reasonOf(text)).toBe('same-name-twice');
    expect(() => readJson(text)).toThrow(expect.objectContaining({ twice: name }) as Error);
  });

  it('may use one name in two objects, and as a value', () => {
    expect(reasonOf('[{"a":1},{"a":{"a":"a"}},"a","a"]')).toBeNull();
  });

  it('that is nested too deeply is refused before it is read', () => {
    expect(reasonOf('['.repeat(100_000))).toBe('too-deep');
    expect(reasonOf('{"a":'.repeat(17) + '1' + '}'.repeat(17))).toBe('too-deep');
    expect(reasonOf('["[[[[[[[[[[[[[[[[[[[[[[["]')).toBeNull();
  });

  it.each(['', '{', '{"a":}', "{'a':1}", 'undefined', '[1,]', '"\\', '"'.repeat(9)])(
    'that is none is refused: %s',
    (text) => {
      expect(reasonOf(text)).toBe('not-json');
    },
  );
});
