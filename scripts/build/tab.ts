/**
 * The extension's pages, for dist/extension. Four things are not obvious: azure-devops-ui does not say that its modules
 * are free of side effects, its icon fonts are cut down to the glyphs in use, the SDK must be one file, because a
 * second copy makes `SDK.init()` wait for ever, and the build tab must not grow with the pages beside it, so those are
 * bundled apart.
 */
import { rmSync } from 'node:fs';
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import CssMinimizerPlugin from 'css-minimizer-webpack-plugin';
import { EsbuildPlugin } from 'esbuild-loader';
import HtmlWebpackPlugin from 'html-webpack-plugin';
import MiniCssExtractPlugin from 'mini-css-extract-plugin';
import webpack, { type Configuration } from 'webpack';
import { buildDevhostPage } from './devhost-page.ts';

const root = path.resolve(import.meta.dirname, '../..');
/** Where the pages go. */
const outputFolder = path.join(root, 'dist', 'extension');

/** Pages that share a file of scripts, which has this name. */
const bundles: Readonly<Record<string, readonly string[]>> = {
  shared: ['build-results', 'settings'],
  beside: ['hub', 'pull-request', 'work-item'],
};

const configurationOf = (sharedName: string, pages: readonly string[]): Configuration => ({
  name: sharedName,
  mode: 'production',
  target: ['web', 'es2022'],
  entry: Object.fromEntries(pages.map((page) => [page, path.join(root, 'tab', page, 'index.tsx')])),
  output: {
    path: outputFolder,
    filename: '[name].js',
    // What pages of several bundles load later has the same name in each, and other content.
    chunkFilename: `${sharedName}-[name].js`,
    publicPath: '',
  },
  resolve: {
    extensions: ['.tsx', '.ts', '.js'],
    alias: {
      'azure-devops-extension-sdk$': path.join(root, 'node_modules/azure-devops-extension-sdk/esm/SDK.js'),
    },
  },
  module: {
    rules: [
      { test: /\.tsx?$/, loader: 'esbuild-loader', options: { target: 'es2022', jsx: 'transform' } },
      { test: /node_modules[\\/]azure-devops-ui[\\/].*\.js$/, sideEffects: false },
      {
        test: /\.css$/,
        sideEffects: true,
        use: [MiniCssExtractPlugin.loader, { loader: 'css-loader', options: { url: false } }],
      },
      { test: /(Fluent|Fabric)Icons\.css$/, loader: path.join(import.meta.dirname, 'icon-subset-loader.ts') },
    ],
  },
  plugins: [
    // azure-devops-ui's sheets do not depend on their order, and its modules import them in several.
    new MiniCssExtractPlugin({
      filename: '[name].css',
      chunkFilename: `${sharedName}-[name].css`,
      ignoreOrder: true,
    }),
    ...pages.map(
      (page) =>
        new HtmlWebpackPlugin({
          filename: `${page}.html`,
          template: path.join(root, 'tab', 'page.html'),
          chunks: [page],
          scriptLoading: 'defer',
          minify: false,
        }),
    ),
  ],
  optimization: {
    // Used by any page counts as used: otherwise what both use in part is put into all of them.
    usedExports: 'global',
    minimizer: [new EsbuildPlugin({ target: 'es2022', legalComments: 'none' }), new CssMinimizerPlugin()],
    splitChunks: {
      cacheGroups: {
        default: false,
        defaultVendors: false,
        shared: {
          name: sharedName,
          chunks: 'initial',
          test: /\.([jt]sx?|css)$/,
          minChunks: 2,
          enforce: true,
        },
      },
    },
  },
  performance: { hints: false },
});

/** Bundles the pages. Throws with what webpack said, a warning included. */
export async function buildTab(): Promise<void> {
  rmSync(outputFolder, { recursive: true, force: true });
  const compiler = webpack(Object.entries(bundles).map(([name, pages]) => configurationOf(name, pages)));
  try {
    const stats = await promisify(compiler.run.bind(compiler))();
    if (stats?.hasErrors() || stats?.hasWarnings()) throw new Error(stats.toString('errors-warnings'));
  } finally {
    await promisify(compiler.close.bind(compiler))();
  }
}

// The tests in the browser need the page around the tab as well.
if (process.argv[1] === fileURLToPath(import.meta.url)) await Promise.all([buildTab(), buildDevhostPage()]);
