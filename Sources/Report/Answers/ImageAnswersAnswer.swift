package import Bytes
import Findings

/// What was asked of several images, each answered for itself (`image packages`, `image secrets` and `image explain` of more
/// than one).
package struct ImageAnswersAnswer: KindOfAnswer {
  package static let kind = "ImageAnswers"
  package static let formats = ImageSecretsAnswer.formats

  /// The answer about one image.
  package struct Item: Sendable {
    /// The image as the user named it.
    package let source: String
    package let answer: any KindOfAnswer

    package init(source: String, answer: any KindOfAnswer) {
      self.source = source
      self.answer = answer
    }
  }

  private let items: [Item]
  private let unread: [ImageReportsAnswer.Unread]
  /// All of it as findings, for the formats of scans; nil where the answers are no findings.
  private let report: ScanReport?

  /// - Parameters:
  ///   - items: in the order of the user.
  ///   - unread: images that no answer is about.
  ///   - report: the same for the formats of scans.
  package init(_ items: [Item], unread: [ImageReportsAnswer.Unread], report: ScanReport? = nil) {
    self.items = items
    self.unread = unread
    self.report = report
  }

  package func render(_ format: OutputFormat, _ terminal: Terminal, to sink: ([UInt8]) -> Void) {
    switch format {
    case .json: document(to: sink)
    case .table: sink(Array(text(terminal).utf8))
    default: report?.render(format, terminal, to: sink)
    }
  }

  package func text(_ terminal: Terminal) -> String {
    var text = ""
    for item in items {
      text += "IMAGE  \(Terminal.printable(item.source))\n" + item.answer.wholeText(terminal) + "\n"
    }
    for item in unread { text += "NOT READ  \(Terminal.printable("\(item.source): \(item.reason)"))\n" }
    let all = items.count + unread.count
    return text + "\(Phrase.count(all, "image"))\(unread.isEmpty ? "" : "; \(unread.count) of them not read").\n"
  }

  package func write(_ writer: inout JSONWriter, to sink: ([UInt8]) -> Void) {
    writer.key("images")
    writer.array(of: items) { writer, item in
      writer.object { writer in
        writer.field("source", item.source)
        writer.key("answer")
        writer.answer(type(of: item.answer).kind) { item.answer.write(&$0, to: sink) }
      }
      writer.drain(to: sink)
    }
    writer.key("unread")
    writer.array(of: unread) { writer, item in
      writer.object { writer in
        writer.field("source", item.source)
        writer.field("reason", item.reason)
      }
    }
  }
}
