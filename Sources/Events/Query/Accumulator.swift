/// Accumulates one measure of one group.
struct Accumulator: Sendable {
  /// What an event gives to a measure.
  enum Given {
    case nothing
    case numbers([Double])
    case texts([String])
  }

  /// Maximum number of distinct values that are kept.
  private static let mostValues = 1_000_000
  private static let mostExact = 65_536

  private let measure: StatisticsRequest.Measure
  private var count = 0
  private var sum = 0.0
  private var low = Double.infinity
  private var high = -Double.infinity
  private var numbers: [Double] = []
  private var histogram: [Int: Int] = [:]
  private var texts: [String: Int] = [:]
  private var isCut = false

  init(_ measure: StatisticsRequest.Measure) { self.measure = measure }

  static func values(_ measure: StatisticsRequest.Measure, _ event: Event) -> Given {
    switch measure {
    case .count: .nothing
    case .sum(let field), .min(let field), .max(let field), .average(let field), .percentiles(let field, _):
      .numbers(field.values(event).compactMap(\.number).filter(\.isFinite))
    case .distinct(let field), .top(let field, _): .texts(field.values(event).map(\.text))
    }
  }

  mutating func add(_ given: Given) {
    switch given {
    case .nothing: count += 1
    case .numbers(let values):
      for value in values {
        count += 1
        sum += value
        low = Swift.min(low, value)
        high = Swift.max(high, value)
        if case .percentiles = measure { keep(value) }
      }
    case .texts(let values):
      for value in values { add(value, 1) }
    }
  }

  /// Counts events that give nothing else.
  mutating func add(events: Int) { count += events }

  private mutating func add(_ text: String, _ times: Int) {
    if texts[text] != nil || texts.count < Self.mostValues {
      texts[text, default: 0] += times
    } else {
      isCut = true
    }
  }

  private mutating func keep(_ value: Double) {
    if histogram.isEmpty, numbers.count < Self.mostExact {
      numbers.append(value)
      return
    }
    condense()
    histogram[Self.cell(value), default: 0] += 1
  }

  private mutating func condense() {
    for number in numbers { histogram[Self.cell(number), default: 0] += 1 }
    numbers = []
  }

  /// The bucket of a value, with a width below one percent of it: binary exponent and 128 parts of the mantissa.
  private static func cell(_ value: Double) -> Int {
    guard value != 0 else { return 0 }
    let magnitude = value.magnitude
    let part = Int((magnitude.significand - 1) * 128)
    let cell = (Int(magnitude.exponent) + 1100) * 128 + part + 1
    return value < 0 ? -cell : cell
  }

  private static func middle(_ cell: Int) -> Double {
    guard cell != 0 else { return 0 }
    let place = abs(cell) - 1
    let value = Double(
      sign: .plus, exponent: place / 128 - 1100, significand: 1 + (Double(place % 128) + 0.5) / 128)
    return cell < 0 ? -value : value
  }

  mutating func merge(_ other: Accumulator) {
    count += other.count
    sum += other.sum
    low = Swift.min(low, other.low)
    high = Swift.max(high, other.high)
    for number in other.numbers { keep(number) }
    if !other.histogram.isEmpty {
      condense()
      for (cell, times) in other.histogram { histogram[cell, default: 0] += times }
    }
    for (text, times) in other.texts { add(text, times) }
    isCut = isCut || other.isCut
  }

  var result: Statistics.Result {
    switch measure {
    case .count: .count(count)
    case .sum: .number(count == 0 ? nil : sum)
    case .min: .number(count == 0 ? nil : low)
    case .max: .number(count == 0 ? nil : high)
    case .average: .number(count == 0 ? nil : sum / Double(count))
    case .percentiles(_, let hundredths): percentiles(hundredths)
    case .distinct: .distinct(texts.count, isCut: isCut)
    case .top(_, let most):
      .top(
        texts.sorted { ($1.value, $0.key) < ($0.value, $1.key) }.prefix(most).map { ($0.key, $0.value) }, isCut: isCut)
    }
  }

  /// Percentiles by nearest rank: the smallest value that this share of all values does not exceed.
  private func percentiles(_ hundredths: [Double]) -> Statistics.Result {
    guard count > 0 else { return .percentiles([], isApproximate: false) }
    func rank(_ hundredth: Double) -> Int {
      Swift.min(count, Swift.max(1, Int((hundredth / 100 * Double(count)).rounded(.up))))
    }
    if histogram.isEmpty {
      let sorted = numbers.sorted()
      return .percentiles(hundredths.map { ($0, sorted[rank($0) - 1]) }, isApproximate: false)
    }
    let cells = histogram.sorted { $0.key < $1.key }
    var found: [(Double, Double)] = []
    for hundredth in hundredths {
      var left = rank(hundredth)
      for (cell, times) in cells {
        left -= times
        if left <= 0 {
          found.append((hundredth, Swift.min(high, Swift.max(low, Self.middle(cell)))))
          break
        }
      }
    }
    return .percentiles(found, isApproximate: true)
  }
}
