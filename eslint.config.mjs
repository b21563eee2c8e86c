import js from '@eslint/js';
import prettier from 'eslint-config-prettier';
import tseslint from 'typescript-eslint';

// The walls of the house (see README, "The rooms"): which room may import which. A room not named may not be imported.
const rooms = ['network', 'readers', 'theory', 'rules', 'analysis', 'probes', 'runs', 'editor', 'panels', 'cli'];
const mayImport = {
  network: [],
  readers: ['network'],
  theory: ['network'],
  rules: ['network', 'theory', 'probes'],
  analysis: ['network', 'readers', 'theory', 'rules'],
  probes: ['network'],
  runs: ['network'],
  editor: ['network', 'readers', 'theory', 'rules', 'analysis', 'probes', 'runs', 'panels'],
  panels: ['network', 'readers', 'theory', 'rules', 'analysis', 'probes', 'runs'],
  cli: [
    'network',
    'readers',
    'theory',
    'rules',
    'analysis',
    'probes',
    'runs',
    'panels/(messages|number|snapshot|report)$',
  ],
};
const vscodeOnlyAtTheEdge = {
  regex: '^vscode$',
  message: 'Only src/editor, src/panels and src/extension.ts may import vscode.',
};
const tfjsOnlyInTheChild = {
  regex: '^@tensorflow/',
  message: 'Only src/probes/child may import tfjs.',
};
const nobodyEntersTheChild = {
  regex: '/probes/child/|^\\./child/',
  message: 'The child process is reached through src/probes/client.ts.',
};

function walls(room, files = [`src/${room}/**/*.ts`], atTheEdge = room === 'editor' || room === 'panels') {
  const open = [room, ...mayImport[room]].map((name) => (name.includes('/') ? name : `${name}(/|$)`));
  const patterns = [
    {
      regex: `^(\\.\\./)+(?!${open.join('|')})(${rooms.join('|')})(/|$)`,
      message: `src/${room} may import only: ${mayImport[room].join(', ').replaceAll('$', '') || 'nothing of ours'}.`,
    },
    tfjsOnlyInTheChild,
    nobodyEntersTheChild,
  ];
  if (!atTheEdge) patterns.push(vscodeOnlyAtTheEdge);
  return {
    files,
    ignores: ['src/probes/child/**'],
    rules: { 'no-restricted-imports': ['error', { patterns }] },
  };
}

export default tseslint.config(
  {
    ignores: [
      'dist/',
      'out/',
      'node_modules/',
      '.vscode-test/',
      'examples/',
      'test/unit/readers/tfjs/models/',
      'test/unit/readers/golden/',
    ],
  },
  js.configs.recommended,
  ...tseslint.configs.strictTypeChecked,
  ...tseslint.configs.stylisticTypeChecked,
  {
    languageOptions: { parserOptions: { projectService: true, tsconfigRootDir: import.meta.dirname } },
    rules: {
      '@typescript-eslint/consistent-type-imports': 'error',
      '@typescript-eslint/switch-exhaustiveness-check': ['error', { considerDefaultExhaustiveForUnions: true }],
      '@typescript-eslint/restrict-template-expressions': ['error', { allowNumber: true, allowBoolean: true }],
      '@typescript-eslint/no-confusing-void-expression': ['error', { ignoreArrowShorthand: true }],
    },
  },
  ...rooms.map((room) => walls(room)),
  // The parts of the panel that the command line and the page share.
  walls('panels', ['src/panels/{messages,number,channel,snapshot,report,page,operation,verdict,whatIf}.ts'], false),
  {
    files: ['src/probes/child/**/*.ts'],
    rules: {
      'no-restricted-imports': [
        'error',
        {
          patterns: [
            vscodeOnlyAtTheEdge,
            {
              regex: '/(readers|theory|rules|analysis|editor|panels|cli|runs)(/|$)',
              message: 'The child knows the network and the protocol only.',
            },
          ],
        },
      ],
    },
  },
  {
    files: ['webview/**/*.ts'],
    rules: {
      'no-restricted-imports': [
        'error',
        {
          patterns: [
            vscodeOnlyAtTheEdge,
            tfjsOnlyInTheChild,
            {
              regex: '/src/(?!panels/(messages|number|channel)$)',
              message: 'The page imports the messages, their numbers and their channel only.',
            },
          ],
        },
      ],
    },
  },
  {
    files: ['test/**/*.ts'],
    rules: { '@typescript-eslint/no-unused-expressions': 'off', '@typescript-eslint/no-non-null-assertion': 'off' },
  },
  { files: ['**/*.mjs', '**/*.cjs', '**/*.js'], extends: [tseslint.configs.disableTypeChecked] },
  prettier,
);
