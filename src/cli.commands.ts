import { type Options, type Rest } from './cli.options.js';

interface Command {
  /** After the command's name. */
  usage: string;
  does: string;
  /** Names of `--options`, each with a value. */
  options: readonly string[];
  /** Names of `--flags` without one. */
  flags?: readonly string[];
  /** It takes a FILE. */
  takesFile?: boolean;
  run(options: Options, rest: Rest): Promise<void>;
}

/** Loaded when a command asks for it: to read the whole application takes a second, and not every command needs it. */
const application = () => import('./cli.application.js');

const person = ['email', 'account', 'first-name', 'last-name', 'password', 'language'] as const;

export const commands: Record<string, Command> = {
  'create-owner': {
    usage: '--email ADDRESS --account NAME --first-name NAME --last-name NAME --password PASSWORD|-',
    does: 'an owner who can sign in at once; the company is founded if there is none of that name',
    options: [...person, 'country'],
    run: async (options) => (await application()).createOwner(options),
  },
  'create-user': {
    usage:
      '--account NAME --email ADDRESS --first-name NAME --last-name NAME [--password PASSWORD|-] [--role ROLE] [--type TYPE]',
    does: 'a person who can sign in at once',
    options: [...person, 'role', 'type'],
    run: async (options) => (await application()).createUser(options),
  },
  'reset-password': {
    usage: '--email ADDRESS [--password PASSWORD|-]',
    does: 'sets a password (or makes one and prints it) and ends the sessions of that person',
    options: ['email', 'password'],
    run: async (options) => (await application()).resetPassword(options),
  },
  'import-users': {
    usage: '--account NAME [--take-proposals] FILE',
    does: 'imports the right rows of a CSV file and prints the wrong ones; --take-proposals agrees to read numbers without + as proposed',
    options: ['account'],
    flags: ['take-proposals'],
    takesFile: true,
    run: async (options, rest) => (await application()).importUsers(options, rest),
  },
  'update-users': {
    usage: '--account NAME [--empty clear] [--groups add] [--take-proposals] FILE',
    does: 'changes people as a CSV file says, found by User ID or e-mail, and prints the wrong rows; empty cells keep what is there unless --empty clear, groups replace those of the person unless --groups add',
    options: ['account', 'empty', 'groups'],
    flags: ['take-proposals'],
    takesFile: true,
    run: async (options, rest) => (await application()).updateUsers(options, rest),
  },
  'export-users': {
    usage: '--account NAME',
    does: 'all people of a company as CSV, active, pending and deactivated',
    options: ['account'],
    run: async (options) => (await application()).exportUsers(options),
  },
  'list-accounts': {
    usage: '',
    does: 'the accounts, with how many people are active, pending and deactivated, separated by tabs',
    options: [],
    run: async () => (await application()).listAccounts(),
  },
  'close-account': {
    usage: '--account NAME',
    does: 'ends all sessions of a company and frees its addresses; its data stays',
    options: ['account'],
    run: async (options) => (await application()).closeAccount(options),
  },
  'seed-demo': {
    usage: '',
    does: 'two made-up companies to look around in, and who can sign in to them',
    options: [],
    run: async () => (await application()).seedDemo(),
  },
  migrate: {
    usage: '',
    does: 'brings the tables up to date and prints what was done',
    options: [],
    run: async () => (await import('./cli.migrate.js')).migrateTables(),
  },
  'rotate-key': {
    usage: '[--new-key]',
    does: 'seals what connections sign in with anew with the current key, while the server runs; --new-key makes the next key first and says what to do with it',
    options: [],
    flags: ['new-key'],
    run: async (_, { flags }) => (await import('./cli.rotate-key.js')).rotateKey(flags.has('new-key')),
  },
  check: {
    usage: '',
    does: 'looks at settings, database, mail, Exchange servers and clock, a line each, and says what to mend',
    options: [],
    run: async () => (await import('./cli.check.js')).check(),
  },
};
