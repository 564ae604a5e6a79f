package kernels

// The values of HashVersion 1, in the order of TestHashGolden.
var golden = [13]uint64{0x670527f2e1830b9b, 0x6dcb9b901a411ce, 0x669237cae3bb1bb8, 0x78d35e125380375c, 0xf3bac5a805174242, 0xcc8f76a182f61cff, 0x6589249caafa2300, 0xac2fd489c5290bb4, 0x31acc713c88b7fe2, 0xd6fabf26f59d64e8, 0xad0a4e0550453c3f, 0x413627e61f3ccf5e, 0x4ca80fb992432fd6}
