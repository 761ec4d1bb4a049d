import ArgumentParser
import Findings

/// Runs the command line and turns whatever happens into one line and an exit code.
package enum CommandLineRun {
  /// - Returns: the exit code.
  package static func run(_ arguments: [String]) async -> Int32 {
    do {
      var command = try BartizanCommand.parseAsRoot(arguments)
      if var asynchronous = command as? any AsyncParsableCommand {
        try await asynchronous.run()
      } else {
        try command.run()
      }
      return ExitStatus.clean
    } catch let error as BartizanError {
      StandardError.line("bartizan: \(error.message)")
      return error.code == .remote ? ExitStatus.internalFailure : ExitStatus.usage
    } catch let code as ExitCode {
      return code.rawValue
    } catch {
      // ArgumentParser's own: help and version go to standard output, usage errors to standard error.
      let code = BartizanCommand.exitCode(for: error)
      let columns = StandardStreams.current.columns() ?? Environment.value("COLUMNS").flatMap(Int.init) ?? 80
      let message = BartizanCommand.fullMessage(for: error, columns: columns)
      if code.isSuccess {
        StandardOutput.write(message + "\n")
        return ExitStatus.clean
      }
      StandardError.line(message)
      let isUsage = code == .validationFailure || code.rawValue == 64
      return isUsage ? ExitStatus.usage : ExitStatus.internalFailure
    }
  }
}

enum ExitStatus {
  static let clean: Int32 = 0
  static let findings: Int32 = 1
  static let usage: Int32 = 2
  static let internalFailure: Int32 = 3
}
