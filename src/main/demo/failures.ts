// How things fail and what a program of each language says about it. A failure is a plain code; its text, its exception
// and its stack trace are what a reader of spans and logs gets to see.

import type { Attributes } from '../../shared/domain/telemetry.ts'
import type { Language } from './topology.ts'

export type Failure = 'deadline' | 'unavailable' | 'internal' | 'declined' | 'lookup' | 'exhausted' | 'unreadable'

/** gRPC status codes. */
export const GRPC_CODE: Readonly<Record<Failure, number>> = {
  deadline: 4,
  unavailable: 14,
  internal: 13,
  declined: 9,
  lookup: 14,
  exhausted: 8,
  unreadable: 13,
}
export const HTTP_CODE: Readonly<Record<Failure, number>> = {
  deadline: 504,
  unavailable: 503,
  internal: 500,
  declined: 402,
  lookup: 503,
  exhausted: 503,
  unreadable: 500,
}
/** What a client tries again. */
export const isRetryable = (failure: Failure): boolean => failure !== 'declined' && failure !== 'exhausted'

export function describe(failure: Failure, target: string): string {
  switch (failure) {
    case 'deadline':
      return `context deadline exceeded while waiting for ${target}`
    case 'unavailable':
      return `connection refused: no ready endpoint for ${target}`
    case 'internal':
      return `unexpected failure in ${target}`
    case 'declined':
      return `${target}: declined by issuer`
    case 'lookup':
      return `lookup ${target}: i/o timeout`
    case 'exhausted':
      return `${target}: too many unprocessed records, try again later`
    case 'unreadable':
      return `cannot read record of ${target}`
  }
}

const TYPES: Readonly<Record<Language, Readonly<Record<Failure, string>>>> = {
  go: {
    deadline: 'context.deadlineExceededError',
    unavailable: '*status.Error',
    internal: '*errors.errorString',
    declined: '*status.Error',
    lookup: '*net.DNSError',
    exhausted: '*status.Error',
    unreadable: '*json.SyntaxError',
  },
  java: {
    deadline: 'java.net.SocketTimeoutException',
    unavailable: 'java.net.ConnectException',
    internal: 'java.lang.IllegalStateException',
    declined: 'io.grpc.StatusRuntimeException',
    lookup: 'java.net.UnknownHostException',
    exhausted: 'io.grpc.StatusRuntimeException',
    unreadable: 'com.fasterxml.jackson.databind.exc.InvalidFormatException',
  },
  nodejs: {
    deadline: 'TimeoutError',
    unavailable: 'ConnectError',
    internal: 'TypeError',
    declined: 'ServiceError',
    lookup: 'Error',
    exhausted: 'ServiceError',
    unreadable: 'SyntaxError',
  },
  python: {
    deadline: 'TimeoutError',
    unavailable: 'ConnectionRefusedError',
    internal: 'ValueError',
    declined: 'grpc.RpcError',
    lookup: 'socket.gaierror',
    exhausted: 'grpc.RpcError',
    unreadable: 'decimal.InvalidOperation',
  },
}

export function exceptionType(language: Language, failure: Failure): string {
  return TYPES[language][failure]
}

/** A stack trace as the language prints it. */
export function stackTrace(language: Language, type: string, message: string, service: string, method: string): string {
  const pkg = service.replaceAll('-', '')
  const handler = method === '' ? 'handle' : method
  switch (language) {
    case 'java':
      return [
        `${type}: ${message}`,
        `\tat com.example.${pkg}.${handler}Handler.execute(${handler}Handler.java:118)`,
        `\tat com.example.${pkg}.${handler}Handler.handle(${handler}Handler.java:64)`,
        '\tat com.example.platform.grpc.TracingInterceptor.intercept(TracingInterceptor.java:41)',
        '\tat io.grpc.stub.ServerCalls$UnaryServerCallHandler$UnaryServerCallListener.onHalfClose(ServerCalls.java:182)',
        '\tat java.base/java.util.concurrent.ThreadPoolExecutor.runWorker(ThreadPoolExecutor.java:1144)',
        '\tat java.base/java.lang.Thread.run(Thread.java:1583)',
      ].join('\n')
    case 'go':
      return [
        'goroutine 4117 [running]:',
        `example.com/${pkg}/internal/server.(*Server).${handler}(0xc0004a2000)`,
        `\t/src/${pkg}/internal/server/server.go:143 +0x2f1`,
        'google.golang.org/grpc.(*Server).processUnaryRPC(0xc000318000)',
        '\t/go/pkg/mod/google.golang.org/grpc/server.go:1405 +0x1036',
      ].join('\n')
    case 'nodejs':
      return [
        `${type}: ${message}`,
        `    at ${handler} (file:///app/src/${pkg}/routes.js:87:19)`,
        '    at process.processTicksAndRejections (node:internal/process/task_queues:105:5)',
        `    at async dispatch (file:///app/src/${pkg}/server.js:41:12)`,
      ].join('\n')
    case 'python':
      return [
        'Traceback (most recent call last):',
        `  File "/app/${pkg}/service.py", line 96, in ${handler}`,
        '    result = self._run(request)',
        `  File "/app/${pkg}/service.py", line 143, in _run`,
        '    return self._next(request)',
        `${type}: ${message}`,
      ].join('\n')
  }
}

/** Attributes of an exception event; made once for each of the few there are. */
export class Exceptions {
  private readonly made = new Map<string, Attributes>()

  of(language: Language, failure: Failure, message: string, service: string, method: string): Attributes {
    const key = `${service}|${method}|${failure}|${message}`
    let attributes = this.made.get(key)
    if (attributes === undefined) {
      const type = exceptionType(language, failure)
      attributes = {
        values: {
          'exception.type': type,
          'exception.message': message,
          'exception.stacktrace': stackTrace(language, type, message, service, method),
        },
      }
      this.made.set(key, attributes)
    }
    return attributes
  }
}
