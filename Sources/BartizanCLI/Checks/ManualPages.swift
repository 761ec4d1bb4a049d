import ArgumentParser
import Bytes

/// Pages for man, made from what the parser itself knows of the commands.
///
/// Source: man(7), man-pages(7).
package enum ManualPages {
  /// File names with their content, `bartizan-image-scan.1` and the like.
  ///
  /// - Parameter day: of the release, `YYYY-MM-DD`.
  package static func all(day: String) -> [(name: String, text: String)] { pages(BartizanCommand.self, [], day) }

  private static func pages(_ command: any ParsableCommand.Type, _ path: [String], _ day: String) -> [(
    name: String, text: String
  )] {
    let configuration = command.configuration
    guard configuration.shouldDisplay else { return [] }
    let words = path + [configuration.commandName ?? "bartizan"]
    let name = words.joined(separator: "-")
    var page = Page()
    page.line(".TH \(name.uppercased()) 1 \(day) \"Bartizan \(Version.text)\" \"Bartizan\"")
    page.line(".SH NAME")
    page.text("\(name) - \(firstLetterSmall(configuration.abstract))")
    page.line(".SH SYNOPSIS")
    let commands = configuration.subcommands.filter { $0.configuration.shouldDisplay }
    page.line(".B \(Page.escaped(words.joined(separator: " ")))")
    page.line(commands.isEmpty ? "[\\fIoptions\\fR] [\\fIarguments\\fR]" : "\\fIcommand\\fR [\\fIoptions\\fR]")
    if !configuration.discussion.isEmpty {
      page.line(".SH DESCRIPTION")
      page.description(configuration.discussion)
    }
    let described =
      (try? JSONReader.read(Array(command._dumpHelp().utf8)))?[path: "command", "arguments"]?.elements ?? []
    if !described.isEmpty {
      page.line(".SH OPTIONS")
      for argument in described { page.option(argument) }
    }
    if !commands.isEmpty {
      page.line(".SH COMMANDS")
      for one in commands {
        page.line(".TP")
        page.line(".B \(Page.escaped(one.configuration.commandName ?? ""))")
        page.text(one.configuration.abstract)
      }
    }
    page.line(".SH EXIT STATUS")
    for (status, meaning) in [
      ("0", "clean"), ("1", "findings at or above --fail-on"), ("2", "usage or input error"),
      ("3", "internal or remote failure, or an answer that is not the whole"),
    ] {
      page.line(".TP")
      page.line(".B \(status)")
      page.text(meaning)
    }
    page.line(".SH SEE ALSO")
    let near =
      (path.isEmpty ? [] : [path.joined(separator: "-")])
      + commands.map { "\(name)-\($0.configuration.commandName ?? "")" }
    page.line(near.map { ".BR \(Page.escaped($0)) (1)" }.joined(separator: ",\n"))
    return [(name + ".1", page.result)] + configuration.subcommands.flatMap { pages($0, words, day) }
  }

  private static func firstLetterSmall(_ text: String) -> String {
    let text = text.hasSuffix(".") ? String(text.dropLast()) : text
    // The name of the program, and words in capitals, stay as they are.
    guard let second = text.dropFirst().first, second.isLowercase else { return text }
    return text.prefix(1).lowercased() + text.dropFirst()
  }

  private struct Page {
    private(set) var result = ""

    mutating func line(_ text: String) { result += text + "\n" }

    /// A paragraph; what stands in it is no command.
    mutating func text(_ text: String) {
      for line in text.split(separator: "\n") { self.line(Self.protected(Self.escaped(String(line)))) }
    }

    /// Paragraphs, and between them lines that begin with blanks, which stay as they are.
    mutating func description(_ text: String) {
      var isVerbatim = false
      for line in text.split(separator: "\n", omittingEmptySubsequences: false) {
        let stays = line.hasPrefix(" ")
        if stays != isVerbatim { self.line(stays ? ".nf" : ".fi") }
        isVerbatim = stays
        if line.isEmpty {
          self.line(".PP")
        } else {
          self.line(Self.protected(Self.escaped(String(line))))
        }
      }
      if isVerbatim { line(".fi") }
    }

    mutating func option(_ argument: DocumentNode) {
      let names = (argument["names"]?.elements ?? []).compactMap { name in
        name["name"]?.string.map { name["kind"]?.string == "long" ? "--\($0)" : "-\($0)" }
      }
      let value = argument["valueName"]?.string ?? ""
      let isOption = argument["kind"]?.string == "option"
      let head = names.isEmpty ? "" : "\\fB" + names.map { Self.escaped($0) }.joined(separator: "\\fR, \\fB") + "\\fR"
      line(".TP")
      line(head + (names.isEmpty || isOption ? "\(names.isEmpty ? "" : " ")\\fI\(Self.escaped(value))\\fR" : ""))
      var said = argument["abstract"]?.string ?? ""
      if let values = argument["allValues"]?.elements.compactMap(\.string), !values.isEmpty {
        said += " One of: \(values.joined(separator: ", "))."
      }
      if let usual = argument["defaultValue"]?.string, !usual.isEmpty { said += " Default: \(usual)." }
      if !said.isEmpty { text(said) }
    }

    /// What roff would read as something else, and what is not in ASCII by its number.
    static func escaped(_ text: String) -> String {
      var result = ""
      for scalar in text.unicodeScalars {
        switch scalar {
        case "\\": result += "\\e"
        case "-": result += "\\-"
        case _ where scalar.isASCII: result.unicodeScalars.append(scalar)
        default:
          let digits = String(scalar.value, radix: 16, uppercase: true)
          result += "\\[u\(String(repeating: "0", count: max(0, 4 - digits.count)))\(digits)]"
        }
      }
      return result
    }

    /// A line that begins like a command is none.
    private static func protected(_ text: String) -> String {
      text.hasPrefix(".") || text.hasPrefix("'") ? "\\&" + text : text
    }
  }
}
