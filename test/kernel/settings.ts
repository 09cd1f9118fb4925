import { type Config, type Environment, type Files, readConfig } from "../../src/config/config.ts";

export const KEY = "00112233445566778899aabbccddeeff00112233445566778899aabbccddeeff";
export const SECOND_KEY = KEY.toUpperCase().replace("00", "01");

export const PRODUCTION: Environment = {
  NODE_ENV: "production",
  ENUM_ID_ISSUER: "https://id.example.com",
  ENUM_ID_DATABASE_URL: "sqlite:/var/lib/enum-id/enum-id.sqlite",
  ENUM_ID_MASTER_KEY: KEY,
  ENUM_ID_TRUST_PROXY: "true",
};

function filesWith(contents: Record<string, string>): Files {
  return {
    read(path) {
      const content = contents[path];
      if (content === undefined) throw Object.assign(new Error(`no ${path}`), { code: "ENOENT" });
      return content;
    },
  };
}

export function configOf(env: Environment, contents: Record<string, string> = {}): Config {
  const read = readConfig(env, filesWith(contents));
  if (!read.ok) throw new Error(read.faults.join("\n"));
  return read.config;
}

export function faultsOf(env: Environment, contents: Record<string, string> = {}): string[] {
  const read = readConfig(env, filesWith(contents));
  return read.ok ? [] : read.faults;
}
