// The GPT task in C++ by hand: forward, backward and Adam for one name, in double precision.
//
// The positions of a name are computed together, eight numbers to a vector of GCC's: a Row is what
// one feature is at each position. Where sums over the positions are needed, for the gradients of
// the weights, that is turned around.

#include <cmath>
#include <cstring>

namespace {

constexpr int P = 8;  // positions: names of up to 7 letters, and their end
constexpr int TOKENS = 27, WIDTH = 16, HEADS = 4, HEAD = 4, BLOCK = 16, WIDE = 64;
constexpr double EPSILON = 1e-5, BETA1 = 0.85, BETA2 = 0.99, ADAM_EPSILON = 1e-8;

struct Weights {  // as `gpt.SHAPES`: a row for each output
    double tokens[TOKENS][WIDTH], positions[BLOCK][WIDTH], query[WIDTH][WIDTH], key[WIDTH][WIDTH],
        value[WIDTH][WIDTH], out[WIDTH][WIDTH], up[WIDE][WIDTH], down[WIDTH][WIDE],
        scores[TOKENS][WIDTH];
};

constexpr int COUNT = sizeof(Weights) / sizeof(double);

typedef double Row __attribute__((vector_size(8 * P)));  // to be added and multiplied whole

// y = w x
template <int OUT, int IN>
void linear(const double (&w)[OUT][IN], const Row* x, Row* y) {
    for (int o = 0; o < OUT; o++) {
        Row sum = {};
        for (int i = 0; i < IN; i++) sum += w[o][i] * x[i];
        y[o] = sum;
    }
}

// Given dy: the gradient of w, and what to add to that of x.
template <int OUT, int IN>
void back(const double (&w)[OUT][IN], const Row* x, const Row* dy, double (&dw)[OUT][IN], Row* dx) {
    Row turned[P][IN / P];
    for (int i = 0; i < IN; i++)
        for (int p = 0; p < P; p++) turned[p][i / P][i % P] = x[i][p];
    for (int o = 0; o < OUT; o++)
        for (int i = 0; i < IN / P; i++) {
            Row sum = {};
            for (int p = 0; p < P; p++) sum += dy[o][p] * turned[p][i];
            std::memcpy(&dw[o][i * P], &sum, sizeof sum);
        }
    for (int i = 0; i < IN; i++) {
        Row sum = {};
        for (int o = 0; o < OUT; o++) sum += w[o][i] * dy[o];
        dx[i] += sum;
    }
}

void norm(const Row* x, Row* y, Row& scale) {
    Row sum = {};
    for (int i = 0; i < WIDTH; i++) sum += x[i] * x[i];
    for (int p = 0; p < P; p++) scale[p] = 1.0 / std::sqrt(sum[p] / WIDTH + EPSILON);
    for (int i = 0; i < WIDTH; i++) y[i] = x[i] * scale;
}

// Pass a gradient back through y = x · scale, where scale depends on x as well, and add it to dx.
void norm_back(const Row* d, const Row* y, const Row& scale, Row* dx) {
    Row sum = {};
    for (int i = 0; i < WIDTH; i++) sum += d[i] * y[i];
    sum /= WIDTH;
    for (int i = 0; i < WIDTH; i++) dx[i] += scale * (d[i] - y[i] * sum);
}

// Of the scores of a position take those of the first rows: all, or as many as it may see.
void softmax(Row* x, int rows, int n, bool causal) {
    for (int p = 0; p < n; p++) {
        const int last = causal ? p + 1 : rows;
        double top = x[0][p], sum = 0.0;
        for (int i = 1; i < last; i++) top = x[i][p] > top ? x[i][p] : top;
        for (int i = 0; i < last; i++) sum += x[i][p] = std::exp(x[i][p] - top);
        for (int i = 0; i < last; i++) x[i][p] /= sum;
        for (int i = last; i < rows; i++) x[i][p] = 0.0;
    }
    for (int i = 0; i < rows; i++)
        for (int p = n; p < P; p++) x[i][p] = 0.0;
}

Row embedded[WIDTH], x0[WIDTH], h1[WIDTH], q[WIDTH], k[WIDTH], v[WIDTH], mixed[WIDTH],
    x1[WIDTH], h2[WIDTH], hidden[WIDE], x2[WIDTH], chances[TOKENS], shares[HEADS][P];
alignas(64) Weights g;

double loss(const Weights& w, const int* name, int n) {
    Row scale0, scale1, scale2;
    for (int i = 0; i < WIDTH; i++)
        for (int p = 0; p < P; p++)
            embedded[i][p] = p < n ? w.tokens[name[p]][i] + w.positions[p][i] : 0.0;
    norm(embedded, x0, scale0);
    norm(x0, h1, scale1);
    linear(w.query, h1, q);
    linear(w.key, h1, k);
    linear(w.value, h1, v);
    const double by = 1.0 / std::sqrt(double(HEAD));
    for (int h = 0; h < HEADS; h++) {
        for (int s = 0; s < P; s++) {
            Row sum = {};
            for (int c = h * HEAD; c < (h + 1) * HEAD; c++) sum += q[c] * k[c][s];
            shares[h][s] = sum * by;
        }
        softmax(shares[h], P, n, true);
        for (int c = h * HEAD; c < (h + 1) * HEAD; c++) {
            Row sum = {};
            for (int s = 0; s < P; s++) sum += shares[h][s] * v[c][s];
            mixed[c] = sum;
        }
    }
    linear(w.out, mixed, x1);
    for (int i = 0; i < WIDTH; i++) x1[i] += x0[i];
    norm(x1, h2, scale2);
    linear(w.up, h2, hidden);
    for (Row& row : hidden) row = row > 0.0 ? row : 0.0;
    linear(w.down, hidden, x2);
    for (int i = 0; i < WIDTH; i++) x2[i] += x1[i];
    linear(w.scores, x2, chances);
    softmax(chances, TOKENS, n, false);

    double total = 0.0;
    for (int p = 0; p < n; p++) {
        total -= std::log(chances[name[p + 1]][p]) / n;
        chances[name[p + 1]][p] -= 1.0;
    }
    for (Row& row : chances) row /= n;

    Row d[WIDTH] = {}, dh[WIDTH] = {}, dx[WIDTH] = {}, wide[WIDE] = {};
    Row dq[WIDTH] = {}, dk[WIDTH] = {}, dv[WIDTH] = {}, dmixed[WIDTH] = {};
    back(w.scores, x2, chances, g.scores, d);
    back(w.down, hidden, d, g.down, wide);
    for (int i = 0; i < WIDE; i++) wide[i] = hidden[i] > 0.0 ? wide[i] : 0.0;
    back(w.up, h2, wide, g.up, dh);
    norm_back(dh, h2, scale2, d);
    back(w.out, mixed, d, g.out, dmixed);
    for (int h = 0; h < HEADS; h++) {
        Row weighed = {}, ds[P];
        for (int s = 0; s < P; s++) {
            Row sum = {};
            for (int c = h * HEAD; c < (h + 1) * HEAD; c++) sum += dmixed[c] * v[c][s];
            weighed += shares[h][s] * (ds[s] = sum);
        }
        for (int s = 0; s < P; s++) ds[s] = shares[h][s] * (ds[s] - weighed) * by;
        for (int c = h * HEAD; c < (h + 1) * HEAD; c++)
            for (int s = 0; s < P; s++) {
                dq[c] += ds[s] * k[c][s];
                const Row for_key = ds[s] * q[c], for_value = shares[h][s] * dmixed[c];
                for (int t = 0; t < P; t++) {
                    dk[c][s] += for_key[t];
                    dv[c][s] += for_value[t];
                }
            }
    }
    std::memset(dh, 0, sizeof dh);
    back(w.query, h1, dq, g.query, dh);
    back(w.key, h1, dk, g.key, dh);
    back(w.value, h1, dv, g.value, dh);
    norm_back(dh, h1, scale1, d);
    norm_back(d, x0, scale0, dx);
    std::memset(g.tokens, 0, sizeof g.tokens);
    std::memset(g.positions, 0, sizeof g.positions);
    for (int p = 0; p < n; p++)
        for (int i = 0; i < WIDTH; i++) {
            g.tokens[name[p]][i] += dx[i][p];
            g.positions[p][i] = dx[i][p];
        }
    return total;
}

}  // namespace

// `name` has n + 1 tokens: each is to be guessed from those before it.
extern "C" double step(double* numbers, double* means, double* squares, const int* name, int n,
                       double rate, int count) {
    const double total = loss(*reinterpret_cast<Weights*>(numbers), name, n);
    const double mean_share = 1.0 - std::pow(BETA1, count);
    const double square_share = 1.0 - std::pow(BETA2, count);
    const double* gradients = &g.tokens[0][0];
    for (int i = 0; i < COUNT; i++) {
        means[i] = BETA1 * means[i] + (1.0 - BETA1) * gradients[i];
        squares[i] = BETA2 * squares[i] + (1.0 - BETA2) * gradients[i] * gradients[i];
        const double size = std::sqrt(squares[i] / square_share) + ADAM_EPSILON;
        numbers[i] -= rate * (means[i] / mean_share) / size;
    }
    return total;
}
