import Bytes
import Findings

/// Which alerts are of one incident, while alerts come and grow: what is known is not looked at again, and what an alert
/// costs depends on what it is tied to, not on how many there are.
///
/// Alerts of medium severity and above found incidents. They join each other where a link says that they are of one hand,
/// where one has taken hold of what the other acts as, and where they rest on the same event; lower ones only join an
/// incident of the same hand. Alerts further apart than `Incidents.window` are not joined. What was joined stays joined.
///
/// The alerts of a link that lie near each other are kept as spans of time that do not touch, so that an alert is near one
/// of them exactly where it is near a span; sets of alerts are joined by union-find with smaller into larger.
package struct IncidentJoiner: Sendable {
  /// The order in which alerts are told.
  private struct Rank: Comparable {
    let start: Int64
    let rule: String
    let id: String

    static func < (a: Rank, b: Rank) -> Bool { (a.start, a.rule, a.id) < (b.start, b.rule, b.id) }
  }

  private struct Member {
    var rank: Rank
    var span: AlertSpan
    /// Whether it founds an incident; a lower one waits until it joins one.
    var isFounder: Bool
    /// Whether it is of an incident.
    var isJoined: Bool
    var parent: Int
  }

  /// What is known of the incident at whose root it stands.
  private struct Whole {
    var span: AlertSpan
    /// Of its first founder.
    var first: Rank
    var members: [Int]
    /// By which lower alerts may join it.
    var ties: Set<AlertLink>
    /// Names under which it was kept.
    var names: Set<String> = []

    mutating func begin(_ rank: Rank) { first = min(first, rank) }

    mutating func take(_ other: Whole) {
      span.take(other.span)
      begin(other.first)
      members += other.members
      // The larger set takes the smaller.
      ties = ties.count < other.ties.count ? other.ties.union(ties) : ties.union(other.ties)
      names.formUnion(other.names)
    }
  }

  private struct Segment {
    var span: AlertSpan
    let member: Int
  }

  /// Those who handed something over, in the order of their rank.
  private struct Line {
    var members: [Int] = []
    /// For each place the member up to there that ended last.
    var latest: [Int] = []
  }

  private var members: [Member] = []
  private var places: [String: Int] = [:]
  private var wholes: [Int: Whole] = [:]
  private var segments: [AlertLink: [Segment]] = [:]
  private var events: [Alert.Reference: Int] = [:]
  private var handers: [AlertLink: Line] = [:]
  /// Those who act as something, in the order of their rank.
  private var receivers: [AlertLink: [Int]] = [:]
  /// One founder of each incident that a link ties lower alerts to.
  private var founders: [AlertLink: [Int]] = [:]
  /// Lower alerts that are of no incident yet, and what ties each of them.
  private var waiting: [AlertLink: [Int]] = [:]
  private var tiesOfWaiting: [Int: Set<AlertLink>] = [:]
  private var byName: [String: Int] = [:]
  /// Incidents that have changed, and lower alerts that may join one.
  private var unsettled: Set<Int> = []
  private var newcomers: [Int] = []
  private var joined: [Int] = []

  /// Alerts that rest on one of the first of each other's events are about the same thing.
  private static let comparedEvents = 8

  package init() {}

  /// Number of alerts.
  package var count: Int { members.count }

  // MARK: Taking alerts

  /// Takes an alert that is new or has grown.
  ///
  /// - Parameters:
  ///   - name: of the incident that it is kept as a part of; nil where it is of none.
  ///   - isShared: whether many come from an address, so that it ties nothing.
  package mutating func add(_ alert: Alert, of name: String? = nil, isShared: (String) -> Bool) {
    let rank = Rank(start: alert.start.nanoseconds, rule: alert.rule.id, id: alert.id)
    let span = AlertSpan(start: alert.start.nanoseconds, end: alert.end.nanoseconds)
    let isFounder = alert.severity >= .medium
    let place: Int
    if let known = places[alert.id] {
      place = known
      grow(place, alert, rank, span)
    } else {
      place = members.count
      places[alert.id] = place
      members.append(Member(rank: rank, span: span, isFounder: false, isJoined: false, parent: place))
    }
    if let name { bind(place, name) }
    let links = alert.links.filter { link in
      if case .address(let address) = link { return !isShared(address) }
      return true
    }
    guard isFounder || members[place].isFounder else {
      wait(place, links)
      return
    }
    found(place)
    for event in alert.events.prefix(Self.comparedEvents) {
      if let other = events[event] { unite(other, place) }
      events[event] = place
    }
    for link in links { tie(place, link) }
    for link in alert.receives { receive(place, link) }
    for link in alert.hands { hand(place, link) }
    let taken = alert.hands.filter { link in
      if case .rights = link { return false }
      return true
    }
    let root = root(of: place)
    for link in links.union(taken) where wholes[root]?.ties.insert(link).inserted ?? false {
      founders[link, default: []].append(place)
    }
    unsettled.insert(root)
  }

  /// An alert that was there and begins earlier or ends later now.
  private mutating func grow(_ place: Int, _ alert: Alert, _ rank: Rank, _ span: AlertSpan) {
    if rank < members[place].rank {
      // Where it stands in the lines depends on its rank; it is put in again.
      for link in alert.hands {
        guard var line = handers[link], let at = position(of: place, in: line.members) else { continue }
        line.members.remove(at: at)
        repair(&line, from: at)
        handers[link] = line
      }
      for link in alert.receives {
        if let line = receivers[link], let at = position(of: place, in: line) { receivers[link]?.remove(at: at) }
      }
      members[place].rank = rank
    }
    members[place].span.take(span)
    guard members[place].isJoined else { return }
    let root = root(of: place)
    wholes[root]?.span.take(span)
    if members[place].isFounder { wholes[root]?.begin(rank) }
    unsettled.insert(root)
  }

  private mutating func wait(_ place: Int, _ links: Set<AlertLink>) {
    guard !members[place].isJoined else { return }
    for link in links where tiesOfWaiting[place, default: []].insert(link).inserted {
      waiting[link, default: []].append(place)
    }
    newcomers.append(place)
  }

  /// Makes an alert one that founds an incident, where it is none yet.
  private mutating func found(_ place: Int) {
    guard !members[place].isFounder else { return }
    members[place].isFounder = true
    let rank = members[place].rank
    guard members[place].isJoined else {
      members[place].isJoined = true
      wholes[place] = Whole(span: members[place].span, first: rank, members: [place], ties: [])
      joined.append(place)
      return
    }
    let root = root(of: place)
    wholes[root]?.begin(rank)
  }

  /// Makes an alert a part of what is kept under a name.
  private mutating func bind(_ place: Int, _ name: String) {
    if !members[place].isJoined {
      members[place].isJoined = true
      wholes[place] = Whole(
        span: members[place].span, first: members[place].rank, members: [place], ties: [], names: [name])
    }
    wholes[root(of: place)]?.names.insert(name)
    if let other = byName[name] { unite(other, place) }
    byName[name] = place
  }

  // MARK: Ties

  private mutating func root(of place: Int) -> Int {
    var place = place
    while members[place].parent != place {
      members[place].parent = members[members[place].parent].parent
      place = members[place].parent
    }
    return place
  }

  private mutating func unite(_ a: Int, _ b: Int) {
    var large = root(of: a)
    var small = root(of: b)
    guard large != small, let first = wholes[large], let second = wholes[small] else { return }
    if first.members.count < second.members.count { swap(&large, &small) }
    guard let less = wholes.removeValue(forKey: small) else { return }
    members[small].parent = large
    wholes[large]?.take(less)
    unsettled.remove(small)
    unsettled.insert(large)
  }

  /// Joins an alert with those of a link that are near it.
  private mutating func tie(_ place: Int, _ link: AlertLink) {
    var span = members[place].span
    // Taken out while it is changed, so that nothing is copied.
    var known = segments[link] ?? []
    segments[link] = nil
    // The first that does not end too early; segments lie apart, so that their ends are in order.
    var low = 0
    var high = known.count
    while low < high {
      let middle = (low + high) / 2
      if known[middle].span.end >= span.start || known[middle].span.isNear(span, within: Incidents.window) {
        high = middle
      } else {
        low = middle + 1
      }
    }
    var last = low
    while last < known.count, known[last].span.isNear(span, within: Incidents.window) {
      unite(known[last].member, place)
      span.take(known[last].span)
      last += 1
    }
    known.replaceSubrange(low..<last, with: [Segment(span: span, member: place)])
    segments[link] = known
  }

  /// Joins an alert with whoever took hold of what it acts as, the last one before it.
  private mutating func receive(_ place: Int, _ link: AlertLink) {
    uniteWithHander(place, link)
    var line = receivers[link] ?? []
    receivers[link] = nil
    let at = partition(line, before: members[place].rank)
    if at == line.count || line[at] != place { line.insert(place, at: at) }
    receivers[link] = line
  }

  private mutating func uniteWithHander(_ place: Int, _ link: AlertLink) {
    guard let line = handers[link] else { return }
    let before = partition(line.members, before: members[place].rank)
    guard before > 0 else { return }
    let other = line.latest[before - 1]
    if members[other].span.isNear(members[place].span, within: Incidents.window) { unite(other, place) }
  }

  private mutating func hand(_ place: Int, _ link: AlertLink) {
    var line = handers[link] ?? Line()
    handers[link] = nil
    let at = partition(line.members, before: members[place].rank)
    if at == line.members.count || line.members[at] != place { line.members.insert(place, at: at) }
    repair(&line, from: at)
    handers[link] = line
    guard let after = receivers[link] else { return }
    for index in partition(after, before: members[place].rank)..<after.count {
      guard after[index] != place else { continue }
      // They are in the order of their starts.
      guard members[after[index]].span.isNear(members[place].span, within: Incidents.window) else { break }
      uniteWithHander(after[index], link)
    }
  }

  private func repair(_ line: inout Line, from place: Int) {
    line.latest.removeSubrange(min(place, line.latest.count)...)
    for own in line.members[line.latest.count...] {
      if let before = line.latest.last, members[before].span.end > members[own].span.end {
        line.latest.append(before)
      } else {
        line.latest.append(own)
      }
    }
  }

  private func position(of place: Int, in line: [Int]) -> Int? {
    let at = partition(line, before: members[place].rank)
    return at < line.count && line[at] == place ? at : nil
  }

  /// How many members of a line stand before a rank.
  private func partition(_ line: [Int], before rank: Rank) -> Int {
    var low = 0
    var high = line.count
    while low < high {
      let middle = (low + high) / 2
      if members[line[middle]].rank < rank { low = middle + 1 } else { high = middle }
    }
    return low
  }

  // MARK: Lower alerts

  /// Has lower alerts join what they are near and tied to.
  private mutating func settle() {
    for place in newcomers { choose(place) }
    newcomers = []
    while !unsettled.isEmpty {
      let roots = unsettled.compactMap { root in wholes[root].map { (root, $0.first) } }.sorted { $0.1 < $1.1 }
      unsettled = []
      for (root, _) in roots where !waiting.isEmpty { settle(root) }
    }
  }

  private mutating func settle(_ root: Int) {
    guard let ties = wholes[root]?.ties else { return }
    let links = ties.count < waiting.count ? ties.filter { waiting[$0] != nil } : ties.intersection(waiting.keys)
    var near: Set<Int> = []
    for link in links {
      // Those that have joined meanwhile wait no more.
      waiting[link]?.removeAll { members[$0].isJoined }
      near.formUnion(waiting[link] ?? [])
      if waiting[link]?.isEmpty ?? false { waiting[link] = nil }
    }
    for place in near.sorted(by: { members[$0].rank < members[$1].rank }) { choose(place) }
  }

  /// Has a lower alert join the first incident that it is tied to and near; that may bring others near.
  private mutating func choose(_ place: Int) {
    guard !members[place].isJoined else { return }
    var best: (root: Int, first: Rank)?
    for link in tiesOfWaiting[place] ?? [] {
      for founder in founders[link] ?? [] {
        let root = root(of: founder)
        guard let whole = wholes[root], whole.span.isNear(members[place].span, within: Incidents.window) else {
          continue
        }
        if best.map({ whole.first < $0.first }) ?? true { best = (root, whole.first) }
      }
    }
    guard let best else { return }
    tiesOfWaiting[place] = nil
    members[place].isJoined = true
    members[place].parent = best.root
    wholes[best.root]?.members.append(place)
    wholes[best.root]?.span.take(members[place].span)
    unsettled.insert(best.root)
    joined.append(place)
  }

  // MARK: Incidents

  /// Names under which the incident of an alert is kept; nil for an alert that is of none.
  package mutating func incident(of id: String) -> Set<String>? {
    settle()
    guard let place = places[id], members[place].isJoined else { return nil }
    return wholes[root(of: place)]?.names
  }

  /// Ids of all alerts of the incident of an alert, in their order.
  package mutating func alerts(with id: String) -> [String] {
    settle()
    guard let place = places[id], members[place].isJoined else { return [] }
    return ids(of: wholes[root(of: place)])
  }

  /// Alerts that have joined an incident, or become one, since this was asked before, and not by a name; in their order.
  package mutating func takeJoined() -> [String] {
    settle()
    defer { joined = [] }
    return joined.sorted { members[$0].rank < members[$1].rank }.map { members[$0].rank.id }
  }

  /// The incident of an alert is kept under this name alone.
  package mutating func name(_ id: String, _ name: String) {
    guard let place = places[id], members[place].isJoined else { return }
    let root = root(of: place)
    for old in wholes[root]?.names ?? [] { byName[old] = nil }
    wholes[root]?.names = [name]
    byName[name] = place
  }

  /// Ids of the alerts of each incident in their order, the incident with the first founder first.
  package mutating func groups() -> [[String]] {
    settle()
    return wholes.values.sorted { $0.first < $1.first }.map { ids(of: $0) }
  }

  private func ids(of whole: Whole?) -> [String] {
    (whole?.members ?? []).sorted { members[$0].rank < members[$1].rank }.map { members[$0].rank.id }
  }
}
