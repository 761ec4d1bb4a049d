import Bytes
package import Collect
package import Findings
package import Images
package import Report
import Transport

/// Credentials of an earlier report of `image secrets`, each of which stands for one of the same kind, place and looks.
package struct SecretBaseline: Sendable {
  private let known: [[String]: Int]
  private let path: String
  private let subject: ReportSubject

  /// - Throws: `BartizanError` when the file cannot be read or is no such report.
  package init(_ path: String) throws(BartizanError) {
    let bytes = try FileReader.named(path)
    let document: DocumentNode
    do throws(DocumentError) { document = try JSONReader.read(bytes) } catch {
      throw BartizanError(.input, "\(path):\(error.line): \(error.message)", cause: error)
    }
    guard document["kind"]?.string == "ImageSecrets", let items = document["secrets"]?.array else {
      throw BartizanError(
        .input, "\(path): not a report of `image secrets` in JSON (`--format json`), which a baseline is")
    }
    var known: [[String]: Int] = [:]
    for item in items {
      guard let rule = item["rule"]?.string, let place = item["path"]?.string, let shown = item["shown"]?.string else {
        throw BartizanError(.input, "\(path): a credential without rule, path or what was shown of it")
      }
      known[[rule, place, shown], default: 0] += 1
    }
    self.known = known
    self.path = path
    subject = ReportSubject(report: document)
  }

  /// Nil where the report is about the image, or about an earlier build of it.
  ///
  /// - Parameter source: the image, as the user named it.
  package func other(than contents: ImageSource.Contents, source: String) -> OtherReport? {
    subject.other(than: ReportSubject.Image(contents, source), file: path, isBuild: true) { _ in .baseline }
  }

  /// The others, of which `new` are not in it.
  package static func known(among secrets: [ImageSecret], new: [ImageSecret]) -> [ImageSecret] {
    var left = new
    return secrets.filter { secret in
      guard let place = left.firstIndex(of: secret) else { return true }
      left.remove(at: place)
      return false
    }
  }

  /// Those that it does not hold.
  package func unknown(among secrets: [ImageSecret]) -> [ImageSecret] {
    var left = known
    return secrets.filter { secret in
      guard let count = left[secret.identity], count > 0 else { return true }
      left[secret.identity] = count - 1
      return false
    }
  }
}
