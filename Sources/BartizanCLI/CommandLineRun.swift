import ArgumentParser
import Findings
import Kube
import Operations
import Report
import Transport

/// Runs the command line, and turns any error into one line and an exit code.
package enum CommandLineRun {
  /// The words of a command line without the name of the program.
  package static func words(
    _ arguments: UnsafeMutablePointer<UnsafeMutablePointer<Int8>?>, count: Int
  ) -> [String] {
    (1..<max(1, count)).compactMap { arguments[$0].map { FileName.argument($0) } }
  }

  /// - Parameters:
  ///   - program: the path that the program was called by.
  ///   - executable: the program itself, which is started again for a part of the work; nil: all is done in this process.
  /// - Returns: the exit code.
  package static func run(
    _ arguments: [String], program: String = "bartizan", executable: String? = nil
  ) async -> Int32 {
    let isPlugin = Invocation.namesPlugin(program)
    let status = await Invocation.$executable.withValue(executable) {
      await Invocation.$isPlugin.withValue(isPlugin) {
        await Invocation.$mask.withValue(AddressMask(words: arguments)) { await Self.status(of: arguments) }
      }
    }
    // An answer that could not be written is a failure, whatever it said.
    guard let reason = StandardStreams.current.failure.reason else { return status }
    StandardError.line("standard output: \(reason.message)")
    return ExitStatus.internalFailure
  }

  private static func status(of arguments: [String]) async -> Int32 {
    let (arguments, notices) = FormerOptions.translated(arguments)
    for notice in notices { StandardError.line(notice) }
    do throws(BartizanError) {
      if let trouble = CommandTree.trouble(arguments) ?? UsageHints.source(arguments) {
        throw BartizanError(.usage, trouble)
      }
      let leaf = CommandTree.leaf(arguments)
      let (run, rest) = try RunOptions.taken(from: arguments) {
        leaf.map { Set(CommandOption.all(of: $0.type).map(\.name)) } ?? []
      }
      let isAsking = rest.contains { ["-h", "--help", "--version"].contains($0) }
      var set: [ConfiguredOption] = []
      var timeout = run.timeout
      if let leaf, !isAsking, leaf.words != ["config", "show"] {
        let file = try ConfigurationFile.load(named: run.configuration)
        set = try ConfiguredArguments.options(of: leaf, given: rest, file: file)
        if !run.saysTimeout, let bound = try file?.timeout() { timeout = bound.duration }
      }
      // Files and variables hold logins as well.
      let mask = AddressMask(words: rest + set.flatMap(\.words))
      for option in set where option.isOfFile {
        StandardError.line("\(option.origin.text): \(mask.masked(option.words.joined(separator: " ")))")
      }
      if let leaf, !isAsking {
        for remark in ConfiguredArguments.unknownVariables(beside: leaf) { StandardError.line(remark) }
      }
      let words = ConfiguredArguments.adding(set, to: rest)
      if let output = OverwrittenInput.file(words) {
        throw BartizanError(
          .usage, "-o \(output): the report would replace what is read; name another file, or one that is not there yet"
        )
      }
      return await Invocation.$configuration.withValue(run.configuration) {
        await Invocation.$mask.withValue(mask) {
          await Deadline.run(timeout) { [set] in await status(ofCommand: words, set) }
        }
      }
    } catch {
      return status(of: error)
    }
  }

  /// Does the work of a process that was started to read bytes of others. It confines this process, which should have no other
  /// thread.
  ///
  /// - Returns: the exit code; nil for a command line of people.
  package static func read(_ arguments: [String]) -> Int32? {
    guard arguments.first == ReadLayerCommand.name else { return nil }
    do {
      try ReadLayerCommand.parse(Array(arguments.dropFirst())).run()
      return ExitStatus.clean
    } catch {
      return ExitStatus.internalFailure
    }
  }

  /// - Parameter set: options among the words that are not the user's.
  private static func status(ofCommand arguments: [String], _ set: [ConfiguredOption]) async -> Int32 {
    do {
      var command = try BartizanCommand.parseAsRoot(arguments)
      if var asynchronous = command as? any AsyncParsableCommand {
        try await asynchronous.run()
      } else {
        try command.run()
      }
      return ExitStatus.clean
    } catch let failed as FailedOperation {
      StandardError.lines(failed.problems)
      return status(of: failed.error)
    } catch let error as BartizanError {
      return status(of: error)
    } catch let code as ExitCode {
      return code.rawValue
    } catch is CancellationError {
      StandardError.line("stopped")
      return ExitStatus.internalFailure
    } catch {
      if BartizanCommand.exitCode(for: error) == .validationFailure, let meant = UsageHints.misspeltHelp(arguments) {
        return status(of: BartizanError(.usage, meant))
      }
      let status = status(ofParser: error)
      if status == ExitStatus.usage {
        for hint in UsageHints.lines(arguments) { StandardError.line(hint) }
        // The message names an option that is not on the command line.
        for option in set where !option.isOfFile {
          StandardError.line("\(option.origin.text): \(option.words.joined(separator: " "))")
        }
      }
      return status
    }
  }

  private static func status(of error: BartizanError) -> Int32 {
    StandardError.line(error.message)
    return [.usage, .input].contains(error.code) ? ExitStatus.usage : ExitStatus.internalFailure
  }

  /// ArgumentParser's own exits: help and version go to standard output, usage errors to standard error.
  private static func status(ofParser error: any Error) -> Int32 {
    let code = BartizanCommand.exitCode(for: error)
    let columns = StandardStreams.current.columns() ?? Environment.value("COLUMNS").flatMap(Int.init) ?? 80
    let message = BartizanCommand.fullMessage(for: error, columns: columns)
    if code.isSuccess {
      StandardOutput.write(message + "\n")
      return ExitStatus.clean
    }
    StandardError.raw(message + "\n")
    return code == .validationFailure ? ExitStatus.usage : ExitStatus.internalFailure
  }
}

enum ExitStatus {
  static let clean: Int32 = 0
  static let findings: Int32 = 1
  static let usage: Int32 = 2
  static let internalFailure: Int32 = 3
  /// The answer would rest on what was not seen.
  static let unknown: Int32 = 3

  /// Ends a command whose answer is not the whole.
  static func finish(_ answer: some KindOfAnswer) throws(ExitCode) {
    if !answer.notSeen.isEmpty { throw ExitCode(unknown) }
  }

  /// Ends a command that looks for something: what was found stands on what was seen, that nothing was found does not.
  static func finish(_ answer: some KindOfAnswer, hasFound: Bool) throws(ExitCode) {
    if !hasFound { try finish(answer) }
    throw ExitCode(hasFound ? findings : clean)
  }

  /// The same where the answer has no place for it, as pictures and manifests: it is printed to standard error.
  static func finish(_ notSeen: [NotSeen]) throws(ExitCode) {
    guard !notSeen.isEmpty else { return }
    tell(notSeen)
    throw ExitCode(unknown)
  }

  static func tell(_ notSeen: [NotSeen]) {
    for item in notSeen { StandardError.line("not seen: \(item.kind.text): \(item.reason)") }
  }
}
