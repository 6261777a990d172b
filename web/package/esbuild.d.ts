/** Lays the package's wasm modules beside what esbuild writes, for esbuild does not do so by itself. */
export default function raftPlayground(): { name: string; setup(build: any): void };
