import ArgumentParser
import Findings
import Report
import Transport

/// Formats and places of an answer.
struct OutputOptions<Given: Answer>: ParsableArguments {
  @Option(
    help: ArgumentHelp("The format; by default \(Given.formats.first?.rawValue ?? "").", valueName: "format"))
  var format: FormatName<Given>?

  @Option(
    name: .shortAndLong,
    help: ArgumentHelp(
      "A format, to standard output; FORMAT=PATH, repeatable; or a path, in the format of --format.",
      valueName: "format|format=path|path"), completion: .list(Given.formats.map(\.rawValue)))
  var output: [String] = []

  @Flag(help: "No colours, even at a terminal. NO_COLOR does the same.")
  var noColor = false

  func validate() throws {
    do throws(OutputDestination.Invalid) { _ = try destinations() } catch { throw ValidationError(error.description) }
  }

  private func destinations() throws(OutputDestination.Invalid) -> [OutputDestination] {
    try OutputDestination.all(format: format?.format, outputs: output, formats: Given.formats)
  }

  /// The formats that the user asked for.
  var formats: [OutputFormat] { ((try? destinations()) ?? []).map(\.format) }

  /// Writes an answer in each of the formats, to each of the places.
  ///
  /// - Throws: `BartizanError` for a file that cannot be written, and for a format that the answer does not support.
  func give(_ answer: some Answer) throws(BartizanError) {
    let destinations: [OutputDestination]
    do throws(OutputDestination.Invalid) { destinations = try self.destinations() } catch {
      throw BartizanError(.usage, error.description)
    }
    let known = type(of: answer).formats
    for destination in destinations where !known.contains(destination.format) {
      throw BartizanError(
        .usage, OutputDestination.Invalid.unsupported(destination.format.rawValue, known).description)
    }
    for destination in destinations {
      switch destination.place {
      case .standardOutput:
        Self.render(answer, destination.format, StandardOutput.terminal(colour: !noColor)) { StandardOutput.write($0) }
      case .file(let path):
        try FileWriter.write(path) { sink in
          Self.render(answer, destination.format, Terminal(columns: nil)) { sink($0) }
        }
      }
    }
  }
}

extension OutputOptions {
  fileprivate static func render(
    _ answer: some Answer, _ format: OutputFormat, _ terminal: Terminal, to sink: ([UInt8]) -> Void
  ) {
    // What is written to be applied is written as it is.
    guard format != .yaml else { return answer.render(format, terminal, to: sink) }
    let mask = Invocation.mask
    guard format.isForPeople else { return answer.render(format, terminal) { sink(mask.masked($0)) } }
    var text = PrintableText(terminal)
    answer.render(format, terminal) { sink(mask.masked(text.pass($0))) }
    let rest = text.finish()
    if !rest.isEmpty { sink(mask.masked(rest)) }
  }
}

/// A format of one kind of answer.
struct FormatName<Given: Answer>: ListedArgument, Sendable {
  let format: OutputFormat

  init?(argument: String) {
    guard let format = OutputFormat(rawValue: argument), Given.formats.contains(format) else { return nil }
    self.format = format
  }

  static var allValueStrings: [String] { Given.formats.map(\.rawValue) }
}
