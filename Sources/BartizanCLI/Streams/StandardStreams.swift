package import Bytes
import Glibc
import Synchronization
package import Transport

/// The surroundings of a run: standard output and error, the terminal, the environment and the time.
///
/// `main` uses those of the process. Tests replace them for a run with `StandardStreams.$current.withValue(…)`, which
/// all tasks of the run inherit.
package struct StandardStreams: Sendable {
  /// Writes bytes to standard output, in order.
  ///
  /// - Returns: why they could not be written; nil on success.
  package var output: @Sendable ([UInt8]) -> SystemError?
  /// Writes bytes to standard error, in order.
  package var error: @Sendable ([UInt8]) -> Void
  /// Columns of the terminal at standard output; nil for a file or a pipe.
  package var columns: @Sendable () -> Int?
  package var errorIsTerminal: Bool
  /// The value of an environment variable; nil where it is not set.
  package var environment: @Sendable (String) -> String?
  /// The names of all environment variables.
  package var environmentNames: @Sendable () -> [String]
  /// Seconds since 1970-01-01T00:00:00Z.
  package var time: @Sendable () -> Int
  /// The same, as exact as the clock is.
  package var now: @Sendable () -> Timestamp
  /// Why standard output failed.
  let failure = OutputFailure()

  /// The first failure of standard output; later writes are skipped.
  final class OutputFailure: Sendable {
    private let first = Mutex<SystemError?>(nil)

    var reason: SystemError? { first.withLock { $0 } }

    func note(_ error: SystemError) { first.withLock { $0 = $0 ?? error } }
  }

  package init(
    output: @escaping @Sendable ([UInt8]) -> SystemError?, error: @escaping @Sendable ([UInt8]) -> Void,
    columns: @escaping @Sendable () -> Int? = { nil }, errorIsTerminal: Bool = false,
    environment: @escaping @Sendable (String) -> String?,
    environmentNames: @escaping @Sendable () -> [String] = { [] }, time: @escaping @Sendable () -> Int,
    now: (@Sendable () -> Timestamp)? = nil
  ) {
    self.output = output
    self.error = error
    self.columns = columns
    self.errorIsTerminal = errorIsTerminal
    self.environment = environment
    self.environmentNames = environmentNames
    self.time = time
    self.now = now ?? { Timestamp(seconds: Int64(time())) ?? Timestamp(nanoseconds: 0) }
  }

  @TaskLocal package static var current = StandardStreams.process

  /// The streams of the process.
  private static let process = StandardStreams(
    output: { bytes in
      do throws(SystemError) { try FileWriter.write(bytes, to: STDOUT_FILENO) } catch { return error }
      return nil
    },
    // A failure of standard error cannot be reported anywhere.
    error: { bytes in try? FileWriter.write(bytes, to: STDERR_FILENO) },
    columns: {
      var size = winsize()
      guard isatty(STDOUT_FILENO) == 1 else { return nil }
      guard ioctl(STDOUT_FILENO, UInt(TIOCGWINSZ), &size) == 0, size.ws_col > 0 else { return 80 }
      return Int(size.ws_col)
    }, errorIsTerminal: isatty(STDERR_FILENO) == 1, environment: { name in getenv(name).map { String(cString: $0) } },
    environmentNames: {
      var names: [String] = []
      var place = environ
      while let entry = place.pointee {
        names.append(String(String(cString: entry).prefix { $0 != "=" }))
        place += 1
      }
      return names
    },
    time: { Glibc.time(nil) },
    now: {
      var moment = timespec()
      clock_gettime(CLOCK_REALTIME, &moment)
      return Timestamp(seconds: Int64(moment.tv_sec), nanosecond: Int(moment.tv_nsec)) ?? Timestamp(nanoseconds: 0)
    })
}
