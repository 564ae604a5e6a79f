// Package model makes the events of the Nexmark benchmark: persons, auctions and
// bids of an online auction, as the generator of the Flink Nexmark suite models them.
// As a rule one of every 50 events is a person, three are auctions and 46 are bids;
// half of the bids go to a hot auction, three quarters come from a hot bidder, half
// of them through one of four hot channels.
//
// An event depends on the configuration and on its number alone, so that parts of a
// data set can be made at the same time and are always the same. Each draws its
// random numbers in a fixed order; those of a field that is not wanted are skipped.
package model
