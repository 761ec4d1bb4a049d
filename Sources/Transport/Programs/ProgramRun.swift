import Findings
import Subprocess
import SystemPackage

/// Runs other programs, with bounds on time and output.
package enum ProgramRun {
  package struct Output: Sendable {
    package let status: Int32
    package let standardOutput: [UInt8]
    package let standardError: String
  }

  /// What went wrong, without a place; the caller knows for whom the program ran.
  package struct Failure: Error {
    package let isMissing: Bool
    package let message: String
  }

  /// - Parameters:
  ///   - program: a name to look up in PATH, or a path.
  ///   - adding: variables beside those of this process.
  ///   - input: what it reads from its standard input.
  ///   - timeout: after which it is ended, with all that it started.
  ///   - outputLimit: bytes of standard output; a program that prints more is ended.
  package static func run(
    _ program: String, _ arguments: [String], adding variables: [(String, String)] = [], input: String = "",
    timeout: Duration, outputLimit: Int
  ) async throws(Failure) -> Output {
    let executable: Executable = program.contains("/") ? .path(FilePath(program)) : .name(program)
    var changes: [Environment.Key: String?] = [:]
    for (name, value) in variables { changes[Environment.Key(stringLiteral: name)] = value }
    let environment = Environment.inherit.updating(changes)
    var options = PlatformOptions()
    // A program that hangs may have started others, which hold its output open; they end with its group.
    options.processGroupID = 0
    options.teardownSequence = [
      .gracefulShutDown(toProcessGroup: true, allowedDurationToNextStep: .seconds(1)),
      .send(signal: .kill, toProcessGroup: true, allowedDurationToNextStep: .seconds(1)),
    ]
    let settings = options
    do {
      return try await withThrowingTaskGroup(of: Output?.self) { group in
        group.addTask {
          let result = try await Subprocess.run(
            executable, arguments: Arguments(arguments), environment: environment, platformOptions: settings,
            input: .string(input), output: .bytes(limit: outputLimit), error: .string(limit: 1 << 16))
          let status: Int32 =
            switch result.terminationStatus {
            case .exited(let code): code
            case .signaled(let signal): 128 + signal
            }
          return Output(
            status: status, standardOutput: result.standardOutput, standardError: result.standardError)
        }
        group.addTask {
          try await Task.sleep(for: timeout)
          return nil
        }
        defer { group.cancelAll() }
        guard let first = try await group.next(), let output = first else {
          throw Failure(isMissing: false, message: "did not end within \(timeout.seconds) seconds; it was stopped")
        }
        return output
      }
    } catch let failure as Failure {
      throw failure
    } catch let error as SubprocessError {
      let missing = error.code == .executableNotFound
      let message: String
      if missing {
        message = "is not installed, or not in PATH"
      } else if error.code == .outputLimitExceeded {
        message = "printed more than \(outputLimit >> 10) KiB"
      } else {
        message = "could not be run: \(error)"
      }
      throw Failure(isMissing: missing, message: message)
    } catch {
      throw Failure(isMissing: false, message: "could not be run: \(error)")
    }
  }
}
