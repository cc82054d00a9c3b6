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
#define GG_ADD 28
#define GG_SUB 29
#define GG_NEG 27
#define GG_MAXIMUM 20
#define GG_MINIMUM 21
#define GG_EACH 112
#define GG_FOLD 113
#define GG_CONTRACT 114
#define GG_LOOKUP 115
#define GG_PICK 116
#define GG_MATMUL 117
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
    GG_CARD_3_2(18, where, GG_CHOSEN) \
    GG_CARD_1_1(19, relu, GG_CHOSEN) \
    GG_CARD_2_2(20, maximum, GG_CHOSEN) \
    GG_CARD_2_2(21, minimum, GG_CHOSEN) \
    GG_CARD_3_1(22, clamp, GG_CHOSEN) \
    GG_CARD_1_1(23, exp, GG_SHARE_OF) \
    GG_CARD_1_1(24, expm1, GG_SHARE_OF) \
    GG_CARD_1_1(25, log, GG_SHARE_OF) \
    GG_CARD_1_1(26, log1p, GG_SHARE_OF) \
    GG_CARD_1_1(27, neg, GG_SHARE_OF) \
    GG_CARD_2_2(28, add, GG_SHARE_OF) \
    GG_CARD_2_2(29, sub, GG_SHARE_OF) \
    GG_CARD_2_2(30, mul, GG_SHARE_OF) \
    GG_CARD_2_2(31, div, GG_SHARE_OF) \
    GG_CARD_2_2(32, pow, GG_SHARE_OF) \
    GG_CARD_1_1(33, square, GG_SHARE_OF) \
    GG_CARD_1_1(34, sqrt, GG_SHARE_OF) \
    GG_CARD_1_1(35, abs, GG_SHARE_OF) \
    GG_CARD_1_1(36, reciprocal, GG_SHARE_OF) \
    GG_CARD_1_1(37, sinh, GG_SHARE_OF) \
    GG_CARD_1_1(38, cosh, GG_SHARE_OF) \
    GG_CARD_1_1(39, tanh, GG_SHARE_OF) \
    GG_CARD_1_1(40, sigmoid, GG_SHARE_OF) \
    GG_CARD_1_1(41, softplus, GG_SHARE_OF) \
    GG_CARD_1_1(42, erf, GG_SHARE_OF) \
    GG_CARD_1_1(43, sin, GG_SHARE_OF) \
    GG_CARD_1_1(44, cos, GG_SHARE_OF) \
    GG_CARD_1_1(45, tan, GG_SHARE_OF) \
    GG_CARD_1_1(46, asin, GG_SHARE_OF) \
    GG_CARD_1_1(47, acos, GG_SHARE_OF) \
    GG_CARD_1_1(48, atan, GG_SHARE_OF) \
    GG_CARD_2_2(49, atan2, GG_SHARE_OF)

/* Whether an operation is computed without asking C's library. */
#define GG_QUICK(op) \
    ((op) < 18 || \
     (op) == 18 || \
     (op) == 19 || \
     (op) == 20 || \
     (op) == 21 || \
     (op) == 22 || \
     (op) == 27 || \
     (op) == 28 || \
     (op) == 29 || \
     (op) == 30 || \
     (op) == 31 || \
     (op) == 33 || \
     (op) == 34 || \
     (op) == 35 || \
     (op) == 36)

#endif
