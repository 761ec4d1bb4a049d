import Bytes
import Glibc
import Kube
import Measuring
import Posture

/// Seconds to read and judge records of nodes, and to load kube-bench's definitions: `NodeReview COUNT RECORDS [DEFINITIONS]`, where RECORDS
/// is a folder of them (`examples/nodes`), of which COUNT nodes are made, and DEFINITIONS kube-bench's `cfg`.
enum NodeReviewBenchmark {
  static func run(_ arguments: [String]) async {
    guard arguments.count > 1, let count = Int(arguments[0]), count > 0 else {
      print("usage: NodeReview COUNT RECORDS [DEFINITIONS]")
      exit(2)
    }
    let samples = files(arguments[1]).compactMap(read)
    guard !samples.isEmpty else {
      print("no record in \(arguments[1])")
      exit(2)
    }
    var records: [NodeRecord] = []
    let reading = seconds {
      records = (0..<count).compactMap { index in
        guard let document = try? JSONReader.read(samples[index % samples.count]),
          var record = try? NodeRecord(document)
        else { return nil }
        record.name = "node-\(index)"
        return record
      }
    }
    var review: BenchmarkReview?
    let judging = seconds {
      review = BenchmarkReview(edition: .v12, records: records, snapshot: nil, scan: nil)
    }
    let found = "\(review?.results.count ?? 0) checks, \(review?.groups.count ?? 0) groups of nodes"
    print("\(records.count) records: read \(rounded(reading)) s, judged \(rounded(judging)) s, \(found)")
    guard arguments.count > 2 else { return }
    let texts = files(arguments[2]).filter { $0.hasSuffix(".yaml") && !$0.hasSuffix("/config.yaml") }.compactMap(read)
    var checks = 0
    let loading = seconds {
      for text in texts {
        checks += (try? BenchmarkDefinition(String(decoding: text, as: UTF8.self)))?.checks.count ?? 0
      }
    }
    print("\(checks) definitions of \(texts.count) files: loaded \(rounded(loading)) s")
  }

  private static func rounded(_ value: Double) -> Double { (value * 1000).rounded() / 1000 }
}
