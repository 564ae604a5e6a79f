package text

import "strconv"

const (
	dayMicros  = 86_400_000_000
	dayNanos   = 86_400_000_000_000
	twoDigits  = "00010203040506070809101112131415161718192021222324252627282930313233343536373839404142434445464748495051525354555657585960616263646566676869707172737475767778798081828384858687888990919293949596979899"
	daysToEra  = 719_468 // from 0000-03-01 to 1970-01-01
	daysPerEra = 146_097 // 400 years
)

func floorDiv(a, b int64) (q, r int64) {
	q, r = a/b, a%b
	if r < 0 {
		q, r = q-1, r+b
	}
	return q, r
}

// AppendMicros prints microseconds since the epoch as YYYY-MM-DD HH:MM:SS[.ffffff].
func AppendMicros(dst []byte, us int64) []byte {
	day, in := floorDiv(us, dayMicros)
	dst = append(AppendDate(dst, day), ' ')
	return appendClock(dst, in/1_000_000, in%1_000_000, 6)
}

// AppendNanos is AppendMicros for nanoseconds, with nine digits.
func AppendNanos(dst []byte, ns int64) []byte {
	day, in := floorDiv(ns, dayNanos)
	dst = append(AppendDate(dst, day), ' ')
	return appendClock(dst, in/1_000_000_000, in%1_000_000_000, 9)
}

// AppendTime prints microseconds since midnight as HH:MM:SS[.ffffff].
func AppendTime(dst []byte, us int64) []byte {
	_, in := floorDiv(us, dayMicros)
	return appendClock(dst, in/1_000_000, in%1_000_000, 6)
}

func appendClock(dst []byte, sec, frac int64, digits int) []byte {
	dst = appendTwo(dst, sec/3600)
	dst = append(dst, ':')
	dst = appendTwo(dst, sec/60%60)
	dst = append(dst, ':')
	dst = appendTwo(dst, sec%60)
	if frac == 0 {
		return dst
	}
	at := len(dst)
	dst = append(dst, ".000000000"[:digits+1]...)
	for i := at + digits; i > at; i-- {
		dst[i] = byte('0' + frac%10)
		frac /= 10
	}
	return dst
}

func appendTwo(dst []byte, v int64) []byte { return append(dst, twoDigits[2*v], twoDigits[2*v+1]) }

// AppendDate prints days since 1970-01-01 as YYYY-MM-DD (proleptic Gregorian).
func AppendDate(dst []byte, days int64) []byte {
	// Howard Hinnant's civil_from_days: years begin in March, so that a leap day is the last.
	era, doe := floorDiv(days+daysToEra, daysPerEra)
	yoe := (doe - doe/1460 + doe/36524 - doe/146096) / 365
	doy := doe - (365*yoe + yoe/4 - yoe/100)
	mp := (5*doy + 2) / 153
	day := doy - (153*mp+2)/5 + 1
	year, month := era*400+yoe, mp+3
	if month > 12 {
		year, month = year+1, month-12
	}
	dst = appendYear(dst, year)
	dst = append(dst, '-')
	dst = appendTwo(dst, month)
	dst = append(dst, '-')
	return appendTwo(dst, day)
}

func appendYear(dst []byte, y int64) []byte {
	if y < 0 {
		dst, y = append(dst, '-'), -y
	}
	if y > 9999 {
		return strconv.AppendInt(dst, y, 10)
	}
	return appendTwo(appendTwo(dst, y/100), y%100)
}
