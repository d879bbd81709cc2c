import { useEffect, useState } from "preact/hooks";
import { ask, type Answer } from "./api";

/** The answer of a GET, asked again every `every_s` seconds (0: once) and when `path` changes. */
export function useAnswer<T>(path: string | null, every_s = 0): [Answer<T> | null, () => void] {
  const [answer, setAnswer] = useState<Answer<T> | null>(null);
  const [again, setAgain] = useState(0);
  useEffect(() => {
    let wanted = true;
    const now = async (): Promise<void> => {
      if (path === null) return;
      const got = await ask<T>(path);
      if (wanted) setAnswer(got);
    };
    void now();
    const timer = every_s ? window.setInterval(() => void now(), every_s * 1000) : 0;
    return () => {
      wanted = false;
      window.clearInterval(timer);
    };
  }, [path, every_s, again]);
  return [answer, () => setAgain((n) => n + 1)];
}
