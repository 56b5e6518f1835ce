/// What policies ask of people, over all applications of one provider: an account has one row of bits.
public struct SubjectFacts: Sendable {
  private struct Key: Hashable, Sendable {
    var kind: SubjectAtom.Kind
    var id: String
  }

  /// The facts, in the order of their bits.
  public private(set) var all: [SubjectAtom] = []
  private var places: [Key: SubjectAtom.ID] = [:]
  /// The accounts of each list that is one fact.
  public private(set) var lists: [(place: SubjectAtom.ID, ids: [String])] = []

  /// No facts yet.
  public init() {}

  /// The bit of a fact, by what it is and never by its name; made if it is new.
  public mutating func id(
    _ kind: SubjectAtom.Kind, _ id: String, _ name: String, isPartial: Bool = false
  ) -> SubjectAtom.ID {
    let key = Key(kind: kind, id: id)
    if let known = places[key] { return known }
    all.append(SubjectAtom(kind: kind, id: id, name: name, isPartial: isPartial))
    places[key] = all.count - 1
    return all.count - 1
  }

  /// One fact for a whole list of accounts: that the account is in it.
  public mutating func list(_ ids: [String], id: String, name: String) -> SubjectAtom.ID {
    if let known = places[Key(kind: .user, id: id)] { return known }
    let place = self.id(.user, id, name)
    lists.append((place, ids))
    return place
  }

  /// The bit of a fact; nil where nothing asks for it.
  public func place(_ kind: SubjectAtom.Kind, _ id: String) -> SubjectAtom.ID? {
    places[Key(kind: kind, id: id)]
  }

  /// The bits of all facts of a kind, with what they ask for.
  public func ids(_ kind: SubjectAtom.Kind) -> [(id: String, place: SubjectAtom.ID)] {
    all.indices.filter { all[$0].kind == kind }.map { (all[$0].id, $0) }
  }
}
