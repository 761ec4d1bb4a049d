import ArgumentParser
import Findings
import Glibc

/// Runs the command line and turns whatever happens into one line and an exit code.
package enum CommandLineRun {
  package static func run(_ arguments: [String]) async {
    // A reader that closes early (`| head`) ends the program quietly instead of by a signal's message.
    signal(SIGPIPE, SIG_DFL)
    do {
      var command = try BartizanCommand.parseAsRoot(arguments)
      if var asynchronous = command as? any AsyncParsableCommand {
        try await asynchronous.run()
      } else {
        try command.run()
      }
    } catch let error as BartizanError {
      StandardError.line("bartizan: \(error.message)")
      exit(error.code == .remote ? ExitStatus.internalFailure : ExitStatus.usage)
    } catch let code as ExitCode {
      exit(code.rawValue)
    } catch {
      // ArgumentParser's own: help and version go to standard output, usage errors to standard error.
      let code = BartizanCommand.exitCode(for: error)
      let message = BartizanCommand.fullMessage(for: error)
      if code.isSuccess {
        StandardOutput.write(message + "\n")
        exit(ExitStatus.clean)
      }
      StandardError.line(message)
      let isUsage = code == .validationFailure || code.rawValue == 64
      exit(isUsage ? ExitStatus.usage : ExitStatus.internalFailure)
    }
  }
}

enum ExitStatus {
  static let clean: Int32 = 0
  static let findings: Int32 = 1
  static let usage: Int32 = 2
  static let internalFailure: Int32 = 3
}
