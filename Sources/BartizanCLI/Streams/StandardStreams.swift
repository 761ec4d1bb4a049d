import Glibc
import Synchronization
package import Transport

/// What a run of the command line writes to, and what it learns of its surroundings: standard output and error, the
/// terminal, the environment, the time.
///
/// `main` leaves the process's own in place. A test puts others in place around a run, with
/// `StandardStreams.$current.withValue(…)`; every task of the run inherits them.
package struct StandardStreams: Sendable {
  /// Takes bytes of standard output, in order.
  ///
  /// - Returns: why they could not be written; nil where they were.
  package var output: @Sendable ([UInt8]) -> SystemError?
  /// Takes bytes of standard error, in order.
  package var error: @Sendable ([UInt8]) -> Void
  /// Columns of the terminal that standard output is; nil where it is none.
  package var columns: @Sendable () -> Int?
  package var errorIsTerminal: Bool
  /// The value of an environment variable; nil when it is not set.
  package var environment: @Sendable (String) -> String?
  /// Seconds since 1970-01-01T00:00:00Z.
  package var time: @Sendable () -> Int
  /// Why standard output took no more.
  let failure = OutputFailure()

  /// The first reason for which standard output took no more.
  final class OutputFailure: Sendable {
    private let first = Mutex<SystemError?>(nil)

    var reason: SystemError? { first.withLock { $0 } }

    func note(_ error: SystemError) { first.withLock { $0 = $0 ?? error } }
  }

  package init(
    output: @escaping @Sendable ([UInt8]) -> SystemError?, error: @escaping @Sendable ([UInt8]) -> Void,
    columns: @escaping @Sendable () -> Int? = { nil }, errorIsTerminal: Bool = false,
    environment: @escaping @Sendable (String) -> String?, time: @escaping @Sendable () -> Int
  ) {
    self.output = output
    self.error = error
    self.columns = columns
    self.errorIsTerminal = errorIsTerminal
    self.environment = environment
    self.time = time
  }

  @TaskLocal package static var current = StandardStreams.process

  /// Those of the process.
  private static let process = StandardStreams(
    output: { bytes in
      do throws(SystemError) { try FileWriter.write(bytes, to: STDOUT_FILENO) } catch { return error }
      return nil
    },
    // Who cannot be told anything cannot be told that.
    error: { bytes in try? FileWriter.write(bytes, to: STDERR_FILENO) },
    columns: {
      var size = winsize()
      guard isatty(STDOUT_FILENO) == 1 else { return nil }
      guard ioctl(STDOUT_FILENO, UInt(TIOCGWINSZ), &size) == 0, size.ws_col > 0 else { return 80 }
      return Int(size.ws_col)
    }, errorIsTerminal: isatty(STDERR_FILENO) == 1, environment: { name in getenv(name).map { String(cString: $0) } },
    time: { Glibc.time(nil) })
}
