package import Bytes

/// Options that are not on the command line, and where their values come from (`config show`).
package struct ConfigurationAnswer: KindOfAnswer {
  package static let kind = "Configuration"

  /// Where a value comes from.
  package enum Origin: Sendable {
    /// Nobody set it.
    case standard
    /// An environment variable.
    case variable(String)
    /// A file of options.
    case file(String, line: Int)

    fileprivate var text: String {
      switch self {
      case .standard: "default"
      case .variable(let name): name
      case .file(let path, let line): "\(path):\(line)"
      }
    }
  }

  /// An option of a command.
  package struct Item: Sendable {
    let command: String
    let option: String
    let values: [String]
    let origin: Origin

    /// - Parameters:
    ///   - command: its words; empty for an option of every run.
    ///   - values: empty for one that is not set and has no default.
    package init(command: String, option: String, values: [String], origin: Origin) {
      self.command = command
      self.option = option
      self.values = values
      self.origin = origin
    }
  }

  private let file: String?
  private let items: [Item]

  /// - Parameter file: of options; nil where there is none.
  package init(file: String?, _ items: [Item]) {
    self.file = file
    self.items = items
  }

  package func write(_ writer: inout JSONWriter, to sink: ([UInt8]) -> Void) {
    writer.field("file", file)
    writer.key("options")
    writer.array(of: items) { writer, item in
      writer.object { writer in
        writer.field("command", item.command)
        writer.field("option", item.option)
        writer.field("values", item.values)
        switch item.origin {
        case .standard: writer.field("origin", "default")
        case .variable(let name):
          writer.field("origin", "variable")
          writer.field("name", name)
        case .file(let path, let line):
          writer.field("origin", "file")
          writer.field("name", path)
          writer.field("line", line)
        }
      }
    }
  }

  package func text(_ terminal: Terminal) -> String {
    let head = file.map { "File of options: \($0)\n" } ?? "No file of options.\n"
    guard !items.isEmpty else { return head + "No option is set by a file or a variable.\n" }
    return head
      + TextTable(
        columns: ["command", "option", "value", "from"],
        rows: items.map {
          [
            $0.command.isEmpty ? "(every run)" : $0.command, "--" + $0.option, $0.values.joined(separator: ", "),
            $0.origin.text,
          ]
        }
      ).text(terminal)
  }
}
