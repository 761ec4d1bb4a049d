/// Steps with the places that they lead between and the controls in their way, each of which has a number of its own here.
struct StepTable: Sendable {
  private(set) var positions: [DepthPosition] = []
  private(set) var controls: [StandingControl] = []
  private(set) var edges: [DepthGraph.Edge] = []
  private(set) var places: [DepthPosition: Int] = [:]
  private var controlNumbers: [StandingControl: Int32] = [:]

  mutating func reserve(places count: Int, edges edgeCount: Int) {
    positions.reserveCapacity(count)
    places.reserveCapacity(count)
    edges.reserveCapacity(edgeCount)
  }

  /// The number of a position, which gets one where it has none.
  mutating func place(_ position: DepthPosition) -> Int {
    let next = positions.count
    let number = places[position, default: next]
    guard number == next else { return number }
    places[position] = next
    positions.append(position)
    return next
  }

  mutating func control(_ control: StandingControl) -> Int32 {
    if let known = controlNumbers[control] { return known }
    let number = Int32(controls.count)
    controlNumbers[control] = number
    controls.append(control)
    return number
  }

  mutating func add(
    _ from: DepthPosition, _ to: DepthPosition, _ technique: Technique, _ standing: [StandingControl],
    _ evidence: DepthGraph.Evidence, doubt: DepthGraph.Doubt? = nil
  ) {
    let numbers = standing.map { control($0) }
    edges.append(
      DepthGraph.Edge(
        from: Int32(place(from)), to: Int32(place(to)), technique: technique, controls: numbers, evidence: evidence,
        doubt: doubt))
  }

  /// Adds steps of another table, whose places and controls may have other numbers there.
  mutating func append(_ other: StepTable, _ range: Range<Int>) {
    var positionNumbers = [Int32](repeating: -1, count: other.positions.count)
    var standing: [[Int32]: [Int32]] = [:]
    edges.reserveCapacity(edges.count + range.count)
    for edge in other.edges[range] {
      let (from, to) = (Int(edge.from), Int(edge.to))
      if positionNumbers[from] < 0 { positionNumbers[from] = Int32(place(other.positions[from])) }
      if positionNumbers[to] < 0 { positionNumbers[to] = Int32(place(other.positions[to])) }
      var numbers = edge.controls
      if !numbers.isEmpty {
        if let known = standing[numbers] {
          numbers = known
        } else {
          let own = numbers.map { control(other.controls[Int($0)]) }
          standing[numbers] = own
          numbers = own
        }
      }
      edges.append(
        DepthGraph.Edge(
          from: positionNumbers[from], to: positionNumbers[to], technique: edge.technique, controls: numbers,
          evidence: edge.evidence, doubt: edge.doubt))
    }
  }

  mutating func append(_ other: StepTable) { append(other, other.edges.indices) }
}
