package import Findings

extension RecordProblem {
  /// The problem in the form that reports use.
  ///
  /// - Parameter file: the input as the user named it.
  package func problem(file: String) -> Problem {
    Problem(
      code: code, location: Location(file: file, line: line), message: message, hidesInput: losesInput)
  }

  private var code: Problem.Code {
    switch kind {
    case .kept: "unparsed-record"
    case .tooLarge: "too-large"
    case .binary: "binary"
    case .zeros: "zero-bytes"
    case .unfinished: "unfinished-line"
    case .noRecord: "no-record"
    case .tooMany: "too-many-records"
    }
  }

  private var message: String {
    switch kind {
    case .kept(.cut): "the record ends in the middle; it is kept as it is"
    case .kept(.malformedJSON): "begins like JSON and is none; it is kept as it is"
    case .kept(.tooDeep): "nested deeper than 128 levels; it is kept as it is"
    case .kept(.columnCount): "the row has not as many values as there are columns; it is kept as it is"
    case .tooLarge(let bytes): "a record of \(bytes) bytes is larger than records may be; it was passed over"
    case .binary: "a binary file, not a log; nothing was read of it"
    case .zeros(let bytes, _): "\(bytes) zero bytes, which were passed over"
    case .unfinished: "the container's line is not finished: its rest is not in this log; it is kept as it is"
    case .noRecord: "a list of records holds something that is none; it was passed over"
    case .tooMany(let limit): "more than \(limit) records; the rest was not read, split the input"
    }
  }
}
