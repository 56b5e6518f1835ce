internal import ConnectorKit

extension HerokuKind: TeamChangingKind {}
