// The moons task in C++ by hand, as loops: for each point forward and backward, and then the update.
//
// The numbers lie as in vectors.cpp: of each layer a row for each input, then the biases.

#include <vector>

namespace {

constexpr int SIZES[] = {2, 16, 16, 1};
constexpr int LAYERS = 3;
constexpr int WIDTH = 16;
constexpr double DECAY = 1e-4;

}  // namespace

extern "C" double step(double* numbers, const double (*points)[2], const double* labels, int n,
                       double rate) {
    int first[LAYERS + 1] = {0};  // where each layer's numbers begin
    for (int l = 0; l < LAYERS; l++) first[l + 1] = first[l] + (SIZES[l] + 1) * SIZES[l + 1];
    const int count = first[LAYERS];
    std::vector<double> gradients(count, 0.0);
    double total = 0.0, squares = 0.0;
    for (int p = 0; p < n; p++) {
        double a[LAYERS + 1][WIDTH] = {{points[p][0], points[p][1]}};
        for (int l = 0; l < LAYERS; l++) {
            const int inputs = SIZES[l], outputs = SIZES[l + 1];
            const double *w = numbers + first[l], *b = w + inputs * outputs;
            for (int j = 0; j < outputs; j++) a[l + 1][j] = b[j];
            for (int i = 0; i < inputs; i++)
                for (int j = 0; j < outputs; j++) a[l + 1][j] += a[l][i] * w[i * outputs + j];
            if (l < LAYERS - 1)
                for (int j = 0; j < outputs; j++) a[l + 1][j] = a[l + 1][j] > 0 ? a[l + 1][j] : 0;
        }
        const double margin = 1.0 - labels[p] * a[LAYERS][0];
        if (margin <= 0) continue;
        total += margin / n;
        double d[WIDTH] = {-labels[p] / n};
        for (int l = LAYERS - 1; l >= 0; l--) {
            const int inputs = SIZES[l], outputs = SIZES[l + 1];
            const double* w = numbers + first[l];
            double *g = gradients.data() + first[l], *h = g + inputs * outputs;
            double before[WIDTH] = {};
            for (int j = 0; j < outputs; j++) h[j] += d[j];
            for (int i = 0; i < inputs; i++) {
                double sum = 0;
                for (int j = 0; j < outputs; j++) {
                    g[i * outputs + j] += a[l][i] * d[j];
                    sum += w[i * outputs + j] * d[j];
                }
                before[i] = a[l][i] > 0 ? sum : 0;
            }
            for (int i = 0; i < inputs; i++) d[i] = before[i];
        }
    }
    for (int i = 0; i < count; i++) {
        squares += numbers[i] * numbers[i];
        numbers[i] -= rate * (gradients[i] + 2 * DECAY * numbers[i]);
    }
    return total + DECAY * squares;
}
