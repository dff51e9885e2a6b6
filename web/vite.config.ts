import { sveltekit } from '@sveltejs/kit/vite';
import { defineConfig } from 'vitest/config';

// `npm run dev` talks to a server on this machine: the real one, or the made-up one of `npm run fake`.
const server = process.env.COMITY_URL ?? 'http://127.0.0.1:8080';

export default defineConfig({
  plugins: [sveltekit()],
  server: { host: '127.0.0.1', proxy: { '/api': { target: server, changeOrigin: false } } },
  build: { target: 'es2022' },
  test: { include: ['src/**/*.test.ts'] }
});
