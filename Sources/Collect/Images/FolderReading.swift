import Bytes
import Findings
package import Images
import Transport

/// Reading of an unpacked file system or of a folder of sources, here or in a process of its own.
package enum FolderReading {
  /// What a folder holds, and what in it could not be read.
  struct Outcome {
    var facts = LayerFacts()
    var problems: [Problem] = []
  }

  /// - Throws: where the folder has nothing in it, or its reader did not come to an end.
  static func read(_ root: String, _ options: ImageSource.Options) throws(BartizanError) -> Outcome {
    guard FilePaths.names(in: root)?.isEmpty != true else {
      throw BartizanError(.input, "\(root): an empty folder; neither an image nor the root of a file system")
    }
    guard let isolation = options.isolation else {
      return outcome(of: root, options.readsSecrets ? options.secretScanner : nil, options.limits)
    }
    let message = try isolation.answer("--folder=" + root, secrets: options.readsSecrets)
    guard let outcome = Outcome(message: message) else { throw LayerIsolation.noAnswer }
    return outcome
  }

  /// For the process that asked, what a folder holds.
  ///
  /// - Parameter scanner: what finds credentials; nil where none are looked for.
  package static func message(of root: String, _ scanner: SecretScanner?) -> [UInt8] {
    outcome(of: root, scanner, .standard).message
  }

  private static func outcome(of root: String, _ scanner: SecretScanner?, _ limits: Limits) -> Outcome {
    var outcome = Outcome()
    if scanner != nil { outcome.facts.secrets = [] }
    read(root, "", &outcome.facts, &outcome.problems, scanner, limits, depth: 0)
    return outcome
  }

  private static func read(
    _ root: String, _ relative: String, _ facts: inout LayerFacts, _ problems: inout [Problem],
    _ scanner: SecretScanner?, _ limits: Limits, depth: Int
  ) {
    let folder = relative.isEmpty ? root : root + "/" + relative
    guard depth <= limits.directoryDepth else {
      problems.append(
        Problem(
          code: "unreadable", location: Location(file: folder),
          message: "nested deeper than \(limits.directoryDepth) folders; what is in it was not read"))
      return
    }
    guard let names = FilePaths.names(in: folder) else {
      problems.append(
        Problem(code: "unreadable", location: Location(file: folder), message: FileReader.lastError()))
      return
    }
    for name in names {
      let path = relative.isEmpty ? name : relative + "/" + name
      guard let status = FileStatus(root + "/" + path, followsLinks: false) else { continue }
      switch status.kind {
      case .folder:
        // What the kernel shows of itself is no part of a file system that somebody built.
        if path == "proc" || path == "sys", status.identity.first != FileStatus(root)?.identity.first { continue }
        facts.note(path, mode: status.mode, isFolder: true)
        read(root, path, &facts, &problems, scanner, limits, depth: depth + 1)
      case .file:
        facts.note(path, mode: status.mode, isFolder: false)
        facts.note(path, size: status.size)
        let isText = scanner != nil && status.size <= limits.secretBytes && SecretScanner.wants(path)
        let isRead = FileFacts.wants(path) || isProgram(root + "/" + path)
        guard isRead || isText else { continue }
        do throws(BartizanError) {
          let bytes = try FileReader.read(root + "/" + path, limits: limits)
          if isRead {
            let file = FileFacts.read(bytes, path, &facts)
            facts.files.append(file)
          }
          if isText, let scanner { facts.secrets?.append(contentsOf: scanner.scan(bytes, path: path)) }
        } catch {
          problems.append(
            Problem(code: "unreadable", location: Location(file: root + "/" + path), message: error.message))
        }
      default: continue
      }
    }
  }

  private static func isProgram(_ path: String) -> Bool {
    var head = [UInt8](repeating: 0, count: 4)
    guard let file = try? FileStream(found: path), let count = try? file.read(&head) else { return false }
    return count == 4 && PackageExtractors.isProgram(head)
  }
}

/// A line of JSON with the problems, and the facts.
extension FolderReading.Outcome {
  var message: [UInt8] {
    var writer = JSONWriter(pretty: false)
    writer.object { writer in
      writer.key("problems")
      writer.array(of: problems) { writer, problem in
        writer.array { writer in
          for text in [problem.code.rawValue, problem.location.file, problem.message] { writer.value(text) }
        }
      }
    }
    return writer.bytes + [0x0A] + facts.json
  }

  init?(message: [UInt8]) {
    guard let end = message.firstIndex(of: 0x0A), let head = try? JSONReader.read(Array(message[..<end])),
      let list = head["problems"]?.elements, let facts = LayerFacts(json: Array(message[(end + 1)...]))
    else { return nil }
    self.facts = facts
    problems = list.compactMap { item in
      let words = item.strings
      guard words.count == 3 else { return nil }
      return Problem(code: .init(rawValue: words[0]), location: Location(file: words[1]), message: words[2])
    }
  }
}
