import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { runInThisContext } from 'node:vm';
import Handlebars from 'handlebars';
import type { MessageValues } from '../errors/domain-error.js';
import { type Action } from './add-menu.js';
import { Assets } from './assets.js';
import type { NavigationSection } from './navigation.js';
import { filesBelow } from './paths.js';
import type { Locale, Words } from './words.js';

/** What every page is rendered with, under `shell` at the root of its data. */
export interface Shell {
  words: Words;
  locale: Locale;
  theme: 'system' | 'light' | 'dark';
  /** null for visitors */
  user: ShellUser | null;
  /** The company; null for visitors, and in an account of one's own */
  account: { name: string } | null;
  navigation: NavigationSection[];
  csrf: string;
  /** What the previous request did, said once. */
  message: ShellMessage | null;
  /** Path and query of this page, to come back to. */
  path: string;
  requestId: string;
  /** Leads to `/notifications`; null for visitors. */
  bell: ShellBell | null;
  /** Single-key shortcuts are on. */
  shortcuts: boolean;
  /** The header offers the search of people. */
  canSearch: boolean;
  /** Of the palette, beside the pages of the navigation. */
  actions: Action[];
}

export interface ShellUser {
  id: string;
  displayName: string;
  email: string;
  initials: string;
  /** 1 to 8: a colour of avatar.css */
  colour: number;
  photoUrl: string | null;
  /** May open the pages for administrators. */
  administers: boolean;
}

export interface ShellBell {
  /** In words, how many are unread. */
  label: string;
  /** The same beside the bell, for eyes: empty, `3`, `99+`. */
  count: string;
  /** `/notifications` itself is open. */
  current: boolean;
}

export interface ShellMessage {
  kind: 'success' | 'failure' | 'notice';
  text: string;
  /** `action` is posted to. */
  undo?: { action: string; label: string };
}

interface TemplatesOptions {
  assets?: Assets;
}

/**
 * All templates of a folder, each compiled when it is first used. The server calls `compileAll` before it listens:
 * a fault in any of them stops the start, and no reader waits. A command of the operator uses few of them or none.
 *
 * A view is named by its path without `.hbs` (`users/list`), and may be included by that name; files in
 * `partials/` and `layouts/` leave these two words out (`{{> field}}`, `{{#> layout title=title}}…{{/layout}}`).
 * Names ending in `.txt` (`mail/activation.txt.hbs`) are plain text and not escaped.
 *
 * Data are plain objects: values of a prototype (getters, methods) are not reachable from a template.
 */
export class Templates {
  private readonly engine = Handlebars.create();
  private readonly helpers: string[];
  private readonly sources: Sources;
  private readonly checks: { parameters: PartialParameters; assets: Assets };
  private readonly views = new Map<string, Handlebars.TemplateDelegate>();

  constructor(viewsDir: string, options: TemplatesOptions = {}) {
    const assets = options.assets ?? new Assets();
    const helpers = helpersWith(assets);
    this.engine.registerHelper(helpers);
    this.helpers = Object.keys(helpers);
    this.sources = new Sources(viewsDir, this.engine);
    this.checks = { parameters: new PartialParameters(this.sources), assets };
    for (const name of this.sources.names())
      this.engine.registerPartial(name, (data: object, call?: Handlebars.RuntimeOptions) =>
        this.view(name)(data, call),
      );
  }

  /** @throws Error when any template has a fault */
  compileAll(): this {
    for (const name of this.sources.names()) this.view(name);
    return this;
  }

  /** @throws Error when there is no such view */
  render(view: string, data: object): string {
    return this.view(view)(data);
  }

  has(view: string): boolean {
    return this.sources.has(view);
  }

  private view(name: string): Handlebars.TemplateDelegate {
    const known = this.views.get(name);
    if (known) return known;
    const source = this.sources.get(name);
    if (!source) throw new Error(`No view ${name}`);
    const { file, tree } = source;
    new Checker(file, this.checks.parameters, this.checks.assets, this.helpers).accept(tree);
    const view = compile(this.engine, tree, this.helpers, file);
    this.engine.registerPartial(name, view);
    this.views.set(name, view);
    return view;
  }
}

/** The files of the templates by their names, each read when it is asked for. */
class Sources {
  private readonly files = new Map<string, string>();
  private readonly parsed = new Map<string, Source>();

  constructor(
    private readonly viewsDir: string,
    private readonly engine: typeof Handlebars,
  ) {
    for (const file of filesBelow(viewsDir).filter((each) => each.endsWith('.hbs'))) {
      const name = nameOf(file);
      if (this.files.has(name)) throw new Error(`Two templates are called ${name}`);
      this.files.set(name, file);
    }
  }

  names(): Iterable<string> {
    return this.files.keys();
  }

  has(name: string): boolean {
    return this.files.has(name);
  }

  /** @returns undefined when there is no such template */
  get(name: string): Source | undefined {
    const known = this.parsed.get(name);
    const file = this.files.get(name);
    if (known || file === undefined) return known;
    const tree = this.engine.parse(readFileSync(join(this.viewsDir, file), 'utf8'), { srcName: file });
    const source = { file, tree };
    this.parsed.set(name, source);
    return source;
  }
}

function nameOf(file: string): string {
  return file.replace(/^(partials|layouts)\//, '').replace(/\.hbs$/, '');
}

function compile(engine: typeof Handlebars, tree: hbs.AST.Program, helpers: string[], file: string) {
  const code = engine.precompile(tree, {
    knownHelpers: Object.fromEntries(helpers.map((name) => [name, true])),
    // A name that is no helper is data: quicker, and a misspelt helper with arguments is refused here.
    knownHelpersOnly: true,
    // An included template must not be indented: its text areas would be.
    preventIndent: true,
    noEscape: file.endsWith('.txt.hbs'),
  });
  return engine.template(runInThisContext(`(${String(code)})`, { filename: file }) as TemplateSpecification);
}

type TemplateSpecification = Parameters<typeof Handlebars.template>[0];

interface Source {
  file: string;
  tree: hbs.AST.Program;
}

/** Which names a template reads, itself or through what it includes. */
class PartialParameters {
  private readonly known = new Map<string, Set<string>>();

  constructor(private readonly sources: Sources) {}

  /** @returns undefined when there is no such template */
  of(name: string): Set<string> | undefined {
    const source = this.sources.get(name);
    if (!source) return undefined;
    const known = this.known.get(name);
    if (known) return known;
    const reader = new Reader();
    this.known.set(name, reader.names);
    reader.accept(source.tree);
    for (const included of reader.includes)
      for (const each of this.of(included) ?? []) reader.names.add(each);
    return reader.names;
  }
}

/** Collects the names a template reads, and the templates it includes. */
class Reader extends Handlebars.Visitor {
  readonly names = new Set<string>();
  readonly includes = new Set<string>();

  override PathExpression(path: hbs.AST.PathExpression): void {
    const [name] = path.parts;
    if (name !== undefined && !path.data) this.names.add(name);
  }

  override PartialStatement(partial: hbs.AST.PartialStatement): void {
    if (isPath(partial.name)) this.includes.add(partial.name.original);
    super.PartialStatement(partial);
  }

  override PartialBlockStatement(partial: hbs.AST.PartialBlockStatement): void {
    if (isPath(partial.name)) this.includes.add(partial.name.original);
    super.PartialBlockStatement(partial);
  }
}

/**
 * Refuses what would only show when the page is opened: a missing partial or asset, a parameter the partial does
 * not know, unescaped output, a value named like a helper.
 */
class Checker extends Handlebars.Visitor {
  constructor(
    private readonly file: string,
    private readonly parameters: PartialParameters,
    private readonly assets: Assets,
    private readonly helpers: readonly string[],
  ) {
    super();
  }

  override PartialStatement(partial: hbs.AST.PartialStatement): void {
    this.checkPartial(partial);
    super.PartialStatement(partial);
  }

  override PartialBlockStatement(partial: hbs.AST.PartialBlockStatement): void {
    this.checkPartial(partial);
    super.PartialBlockStatement(partial);
  }

  override MustacheStatement(mustache: hbs.AST.MustacheStatement): void {
    if (!mustache.escaped) throw new Error(`${this.file}: triple braces are not used here`);
    const [argument] = mustache.params;
    // Handlebars asks the helper before the data, so the value of that name could never be seen.
    if (isPath(mustache.path) && !argument && !mustache.hash && this.helpers.includes(mustache.path.original))
      throw new Error(`${this.file}: ${mustache.path.original} is a helper, which takes a value`);
    if (isPath(mustache.path) && mustache.path.original === 'asset' && argument?.type === 'StringLiteral') {
      this.assets.url((argument as hbs.AST.StringLiteral).value);
    }
    super.MustacheStatement(mustache);
  }

  private checkPartial({
    name,
    hash,
    params,
  }: hbs.AST.PartialStatement | hbs.AST.PartialBlockStatement): void {
    if (!isPath(name) || name.original === '@partial-block') return;
    const taken = this.parameters.of(name.original);
    if (!taken) throw new Error(`${this.file}: no partial ${name.original}`);
    const [context] = params;
    const only = context?.type === 'SubExpression' ? (context as hbs.AST.SubExpression).hash : undefined;
    for (const { key } of [...(hash?.pairs ?? []), ...(only?.pairs ?? [])]) {
      if (!taken.has(key)) throw new Error(`${this.file}: ${name.original} takes no ${key}`);
    }
  }
}

function isPath(expression: { type: string }): expression is hbs.AST.PathExpression {
  return expression.type === 'PathExpression';
}

/** The part of the options of a helper that ours use. */
interface Call {
  hash: MessageValues;
  data: { root: { shell?: Pick<Shell, 'words' | 'path'>; words?: Words } };
}

/**
 * - `{{t 'users.title' count=n}}` a message of the catalogues
 * - `{{date at}}` `{{dateTime at}}` `{{relative at}}` `{{number n}}` `{{bytes n}}` in the reader's language and zone
 * - `{{icon 'search'}}` a drawing of images/icons.svg, hidden from screen readers
 * - `{{asset 'css/tokens.css'}}` the address of a file in public/
 * - `{{#if (eq a b)}}`, `{{#if (or a b)}}`
 * - `{{stepState @index current}}` done, current or todo; `{{inLanguage 'fr'}}` this page's address in French
 * - `{{mailAddress email}}` an e-mail address, which breaks after its @ where it has no room for a line
 * - `{{> badge (only text=text)}}` an included template sees these values alone; else it sees the page's as well
 * - `{{> field id=(join 'role-' id)}}` strings put together
 */
function helpersWith(assets: Assets) {
  const sprite = assets.url('images/icons.svg');
  return {
    t: (key: string, call: Call) => wordsOf(call).t(key, call.hash),
    date: (moment: Date | number, call: Call) => wordsOf(call).date(moment),
    dateTime: (moment: Date | number, call: Call) => wordsOf(call).dateTime(moment),
    relative: (moment: Date | number, call: Call) => wordsOf(call).relative(moment),
    number: (value: number, call: Call) => wordsOf(call).number(value),
    bytes: (value: number, call: Call) => wordsOf(call).bytes(value),
    asset: (path: string) => assets.url(path),
    mailAddress: (email: string) =>
      new Handlebars.SafeString(Handlebars.escapeExpression(email).replace('@', '@<wbr>')),
    icon: (name: string) =>
      new Handlebars.SafeString(
        `<svg class="icon" aria-hidden="true" focusable="false"><use href="${sprite}#${Handlebars.escapeExpression(name)}"/></svg>`,
      ),
    eq: (one: unknown, other: unknown) => one === other,
    or: (...values: unknown[]) => values.slice(0, -1).find(Boolean),
    stepState: (index: number, current: number) =>
      index + 1 < current ? 'done' : index + 1 === current ? 'current' : 'todo',
    inLanguage: (locale: Locale, call: Call) => inLanguage(call.data.root.shell?.path ?? '/', locale),
    only: (call: Call) => call.hash,
    join: (...parts: unknown[]) => parts.slice(0, -1).join(''),
  };
}

/** @param path of this page with its query, which stays (`next=` of the sign-in page) */
function inLanguage(path: string, locale: Locale): string {
  const { pathname, searchParams } = new URL(path, 'http://localhost');
  searchParams.set('lang', locale);
  return `${pathname}?${searchParams.toString()}`;
}

function wordsOf({ data: { root } }: Call): Words {
  const words = root.shell?.words ?? root.words;
  if (!words) throw new Error('A template that speaks needs shell.words or words at the root of its data');
  return words;
}
