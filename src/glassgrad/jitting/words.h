/* Written by `make cards` from the table in glassgrad/ops: edit a card there, not here. */
#ifndef GG_WORDS_H
#define GG_WORDS_H

#define GG_COPY 2
#define GG_DETACHED 8
#define GG_SHARE 9
#define GG_LT 10
#define GG_LE 11
#define GG_EQ 12
#define GG_BOTH 13
#define GG_EITHER 14
#define GG_TAKEN 15
#define GG_ADD 26
#define GG_SUB 27
#define GG_NEG 25
#define GG_MAXIMUM 18
#define GG_MINIMUM 19
#define GG_EACH 112
#define GG_FOLD 113
#define GG_CONTRACT 114
#define GG_LOOKUP 115
#define GG_PICK 116
#define GG_DOT 120
#define GG_RUN 121
#define GG_SUM 122
#define GG_GUARD 123
#define GG_CALL 124
#define GG_CHECK 125
#define GG_REPLAY 126
#define GG_END 127
#define GG_MASK 256
#define GG_FIRST 1
#define GG_SECOND 2
#define GG_START 4
#define GG_MOST_DIMS 8

/* GG_CARD_m_n: an operation with m operands, n of them with a local derivative. */
#define GG_CARDS \
    GG_CARD_3_2(16, where, GG_CHOSEN) \
    GG_CARD_1_1(17, relu, GG_CHOSEN) \
    GG_CARD_2_2(18, maximum, GG_CHOSEN) \
    GG_CARD_2_2(19, minimum, GG_CHOSEN) \
    GG_CARD_3_1(20, clamp, GG_CHOSEN) \
    GG_CARD_1_1(21, exp, GG_SHARE_OF) \
    GG_CARD_1_1(22, expm1, GG_SHARE_OF) \
    GG_CARD_1_1(23, log, GG_SHARE_OF) \
    GG_CARD_1_1(24, log1p, GG_SHARE_OF) \
    GG_CARD_1_1(25, neg, GG_SHARE_OF) \
    GG_CARD_2_2(26, add, GG_SHARE_OF) \
    GG_CARD_2_2(27, sub, GG_SHARE_OF) \
    GG_CARD_2_2(28, mul, GG_SHARE_OF) \
    GG_CARD_2_2(29, div, GG_SHARE_OF) \
    GG_CARD_2_2(30, pow, GG_SHARE_OF) \
    GG_CARD_1_1(31, square, GG_SHARE_OF) \
    GG_CARD_1_1(32, sqrt, GG_SHARE_OF) \
    GG_CARD_1_1(33, abs, GG_SHARE_OF) \
    GG_CARD_1_1(34, reciprocal, GG_SHARE_OF) \
    GG_CARD_1_1(35, sinh, GG_SHARE_OF) \
    GG_CARD_1_1(36, cosh, GG_SHARE_OF) \
    GG_CARD_1_1(37, tanh, GG_SHARE_OF) \
    GG_CARD_1_1(38, sigmoid, GG_SHARE_OF) \
    GG_CARD_1_1(39, softplus, GG_SHARE_OF) \
    GG_CARD_1_1(40, erf, GG_SHARE_OF) \
    GG_CARD_1_1(41, sin, GG_SHARE_OF) \
    GG_CARD_1_1(42, cos, GG_SHARE_OF) \
    GG_CARD_1_1(43, tan, GG_SHARE_OF) \
    GG_CARD_1_1(44, asin, GG_SHARE_OF) \
    GG_CARD_1_1(45, acos, GG_SHARE_OF) \
    GG_CARD_1_1(46, atan, GG_SHARE_OF) \
    GG_CARD_2_2(47, atan2, GG_SHARE_OF)

#endif
