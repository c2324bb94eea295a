export * from x./given.tsx;
