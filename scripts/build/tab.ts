/**
 * The extension's pages, for dist/extension. Three things are not obvious: azure-devops-ui does not
 * say that its modules are free of side effects, its icon fonts are cut down to the glyphs in use, and the
 * SDK must be one file, because a second copy makes `SDK.init()` wait for ever.
 */
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
const pages = ['build-results', 'settings'];

const configuration: Configuration = {
  mode: 'production',
  target: ['web', 'es2022'],
  entry: Object.fromEntries(pages.map((page) => [page, path.join(root, 'tab', page, 'index.tsx')])),
  output: {
    path: path.join(root, 'dist', 'extension'),
    filename: '[name].js',
    chunkFilename: '[name].js',
    publicPath: '',
    clean: true,
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
    new MiniCssExtractPlugin({ filename: '[name].css', ignoreOrder: true }),
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
    // Used by either page counts as used: otherwise what both use in part is put into both bundles.
    usedExports: 'global',
    minimizer: [new EsbuildPlugin({ target: 'es2022', legalComments: 'none' }), new CssMinimizerPlugin()],
    splitChunks: {
      cacheGroups: {
        default: false,
        defaultVendors: false,
        shared: { name: 'shared', chunks: 'all', test: /\.(js|css)$/, minChunks: 2, enforce: true },
      },
    },
  },
  performance: { hints: false },
};

/** Bundles the pages. Throws with what webpack said, a warning included. */
export async function buildTab(): Promise<void> {
  const compiler = webpack(configuration);
  try {
    const stats = await promisify(compiler.run.bind(compiler))();
    if (stats?.hasErrors() || stats?.hasWarnings()) throw new Error(stats.toString('errors-warnings'));
  } finally {
    await promisify(compiler.close.bind(compiler))();
  }
}

// The tests in the browser need the page around the tab as well.
if (process.argv[1] === fileURLToPath(import.meta.url)) await Promise.all([buildTab(), buildDevhostPage()]);
