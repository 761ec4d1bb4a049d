import Bytes
import Crypto
import Findings
import Images
import Transport

/// Reading of layers, folders and bills of materials in processes of their own, so that one that breaks its reader, or never lets go of
/// it, makes one image unread and ends nothing else. Each layer has a process: none can speak for another.
package struct LayerIsolation: Sendable {
  /// The program: this one.
  package var program: String
  package var arguments: [String]
  /// Memory of a process, in bytes.
  package var memory = 2 << 30
  /// Processor time of a process, in seconds.
  package var processorSeconds = 600
  /// How long a process may go on without taking a byte, or without an answer after the last one.
  package var patience = Duration.seconds(300)

  package init(program: String, arguments: [String]) {
    self.program = program
    self.arguments = arguments
  }

  private func words(secrets: Bool) -> [String] {
    arguments + ["--memory", String(memory), "--processor-seconds", String(processorSeconds)]
      + (secrets ? ["--secrets"] : [])
  }

  /// A reader for one layer; nil where no process can be started.
  func reader(secrets: Bool) -> IsolatedLayerReader? {
    (try? ConfinedProgram(program, words(secrets: secrets), patience: patience)).map { IsolatedLayerReader($0, self) }
  }

  /// Largest answer, in bytes. The paths of four million members have a few hundred million.
  static let answerLimit = 1 << 30

  /// The answer to one question.
  ///
  /// - Parameters:
  ///   - question: an argument that says what is to be read.
  ///   - input: what it is read from; empty for what the process opens by itself.
  /// - Throws: where the process cannot be started, or did not come to an end.
  func answer(_ question: String, secrets: Bool = false, input: [UInt8] = []) throws(BartizanError) -> [UInt8] {
    let process = try ConfinedProgram(program, words(secrets: secrets) + [question], patience: patience)
    do throws(ConfinedProgram.Failure) {
      try process.send(input.span.bytes)
      return try process.finish(limit: Self.answerLimit)
    } catch {
      throw BartizanError(.input, "it could not be read: \(text(error.reason)); nothing is known of it")
    }
  }

  /// The failure of a process that answered with something else.
  static var noAnswer: BartizanError {
    BartizanError(.input, "it could not be read: its reader gave no answer; nothing is known of it")
  }

  func text(_ reason: ConfinedProgram.Failure.Reason) -> String {
    switch reason {
    case .hung: "its reader did not go on for \(patience.components.seconds) seconds"
    case .signal(let number):
      "its reader was ended by signal \(number); it is broken or hostile, or takes more than \(memory >> 20) MiB or \(processorSeconds) seconds"
    case .status(let number): "its reader ended with \(number)"
    case .tooLong: "its reader told more than \(Self.answerLimit >> 20) MiB"
    }
  }
}

/// Passes the bytes of a layer to a process that reads them, and makes their sum itself.
final class IsolatedLayerReader: LayerReader {
  private let process: ConfinedProgram
  private let settings: LayerIsolation
  private var sum = SHA256()
  private(set) var received = 0
  private var failure: ConfinedProgram.Failure?

  init(_ process: ConfinedProgram, _ settings: LayerIsolation) {
    self.process = process
    self.settings = settings
  }

  func feed(_ bytes: RawSpan) {
    bytes.withUnsafeBytes { sum.update(bufferPointer: $0) }
    received += bytes.byteCount
    guard failure == nil else { return }
    do throws(ConfinedProgram.Failure) { try process.send(bytes) } catch { failure = error }
  }

  func finish() throws(BartizanError) -> LayerScanner.Outcome {
    let digest = Bytes.Digest(.sha256, sum: sum.finalize()).text
    do throws(ConfinedProgram.Failure) {
      if let failure { throw failure }
      let message = try process.finish(limit: LayerIsolation.answerLimit)
      if let outcome = LayerScanner.Outcome(message: message, digest: digest) { return outcome }
    } catch {
      throw BartizanError(.input, "it could not be read: \(settings.text(error.reason)); nothing is known of it")
    }
    throw LayerIsolation.noAnswer
  }
}
